-- What the first week of the roadmap on query plans says of its tables.
\i testdata/claims/lib.sql
\i testdata/claims/plans.sql

select claim.holds('Lyon has 12,000 customers, Town 9 has 50',
  (select count(*) from customers where city = 'Lyon') = 12000 and (select count(*) from customers where city = 'Town 9') = 50);
select claim.holds('each customer has 20 orders', (select min(n) = 20 and max(n) = 20 from (select count(*) n from orders group by customer_id) c));
select claim.holds('400 orders are disputed', (select count(*) = 400 from orders where status = 'disputed'));

-- A page read in turn costs 1, a row 0.01, a comparison 0.0025.
create function claim.cost(q text) returns numeric language plpgsql as $$
declare p jsonb;
begin
  execute 'explain (format json) ' || q into p;
  return (p -> 0 -> 'Plan' ->> 'Total Cost')::numeric;
end $$;
select claim.holds('the cost of the whole table', claim.cost('select * from orders') =
  (select relpages + reltuples::numeric * 0.01 from pg_class where relname = 'orders'));
select claim.holds('and the one that a question shows', claim.cost('select * from orders') = 6942);
select claim.holds('a filter costs a comparison a row', claim.cost('select * from orders where customer_id = 42') =
  (select relpages + reltuples::numeric * 0.01 + reltuples::numeric * 0.0025 from pg_class where relname = 'orders'));

-- An estimate is a share of the table; two of them are multiplied.
create function claim.expected(q text) returns bigint language plpgsql as $$
declare p jsonb;
begin
  execute 'explain (format json) ' || q into p;
  return (p -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
end $$;
select claim.holds('the estimate of a common value is its share', abs(claim.expected($$select * from orders where status = 'disputed'$$) - 400000 *
  (select freq from pg_stats, unnest(most_common_vals::text::text[], most_common_freqs) as m(val, freq)
   where tablename = 'orders' and attname = 'status' and val = 'disputed')) <= 1);
create table addresses as select n as id, n % 1000 as zip, 'Town ' || n % 1000 / 10 as town from generate_series(1, 100000) n;
analyze addresses;
\set place 'select * from addresses where zip = 421 and town = ''Town 42'''
select claim.holds('a hundred come, one was expected', claim.expected(:'place') = 1 and (select count(*) = 100 from addresses where zip = 421 and town = 'Town 42'));
create statistics addresses_place (dependencies) on zip, town from addresses;
analyze addresses;
select claim.holds('with their dependency told, about a hundred are expected', claim.expected(:'place') between 80 and 120);

-- Pages.
select claim.holds('one row by its key touches four pages at most, twenty without an index the whole table',
  claim.pages(claim.plan('select * from orders where id = 4711', true)) <= 4
  and claim.pages(claim.plan('select * from orders where customer_id = 42', true)) = (select relpages from pg_class where relname = 'orders'));
select claim.holds('three quarters of a table are read in turn', claim.has(claim.plan('select count(*) from orders where id < 300000'), 'Seq Scan'));
select claim.holds('a hundredth is not', claim.has(claim.plan('select count(*) from orders where id < 3000'), 'Index Only Scan', 'orders_pkey'));
select claim.holds('a limit stops a scan at its first page', claim.pages(claim.plan('select * from orders limit 10', true)) = 1);

-- Indexes, used and passed over.
create index orders_customer on orders (customer_id);
create index orders_status on orders (status);
create index orders_placed on orders (placed_at);
create index customers_name on customers (name text_pattern_ops);
analyze customers;
select claim.holds(q, claim.has(claim.plan(q), 'Seq Scan') = passed_over) from (values
  ('select * from orders where customer_id = 42', false),
  ('select * from orders where customer_id + 0 = 42', true),
  ('select * from orders where customer_id = 42.0', true),
  ('select * from orders where status = ''disputed''', false),
  ('select * from orders where status = ''paid''', true),
  ('select * from orders where placed_at::date = ''2026-06-01''', true),
  ('select * from orders where placed_at >= ''2026-06-01'' and placed_at < ''2026-06-02''', false),
  ('select * from customers where name like ''Customer 777%''', false),
  ('select * from customers where name like ''%777''', true)) c(q, passed_over);
