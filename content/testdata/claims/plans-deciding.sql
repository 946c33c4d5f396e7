-- What the second week of the roadmap on query plans says of joins, order, pages
-- and waits.
\i testdata/claims/lib.sql
\i testdata/claims/plans.sql
create index orders_customer on orders (customer_id);

-- Joins: a few on the outer side loop; all of both are hashed, the smaller side.
\set few 'select * from orders o join customers c on c.id = o.customer_id where c.city = ''Town 9'''
\set all 'select c.city, sum(o.total) from orders o join customers c on c.id = o.customer_id group by c.city'
select claim.holds('few customers: the inner side runs once for each', claim.has(claim.plan(:'few'), 'Nested Loop')
  and exists (select from claim.nodes(claim.plan(:'few', true)) where node ->> 'Relation Name' = 'orders' and node ->> 'Actual Loops' = '50' and (node ->> 'Actual Rows')::numeric = 20));
select claim.holds('all of them: customers are in the hash', exists (select from claim.nodes(claim.plan(:'all'))
  where node ->> 'Node Type' = 'Hash' and node -> 'Plans' -> 0 ->> 'Relation Name' = 'customers'));
create function claim.batches(q text) returns int language sql as $$
  select (node ->> 'Hash Batches')::int from claim.nodes(claim.plan(q, true)) where node ->> 'Node Type' = 'Hash'
$$;
select claim.holds('it fits into memory', claim.batches(:'all') = 1);
set work_mem = '64kB';
select claim.holds('and with 64 kB it does not', claim.batches(:'all') > 1);
reset work_mem;
set enable_hashjoin = off;
select claim.holds('without hash joins there is another way', not claim.has(claim.plan(:'all'), 'Hash Join'));
reset enable_hashjoin;
select claim.holds('a merge join where both sides come in order',
  claim.has(claim.plan('select * from orders o join customers c on c.id = o.customer_id order by c.id'), 'Merge Join'));

-- Sorts.
create function claim.sort(q text) returns text language sql as $$
  select node ->> 'Sort Method' from claim.nodes(claim.plan(q, true)) where node ->> 'Node Type' = 'Sort'
$$;
select claim.holds('ten of all are kept in a heap', claim.sort('select * from orders order by total desc limit 10') = 'top-N heapsort');
select claim.holds('all of them go to disk', claim.sort('select * from orders order by total desc') = 'external merge');
set work_mem = '64MB';
select claim.holds('and with 64 MB they do not', claim.sort('select * from orders order by total desc') = 'quicksort');
reset work_mem;
create index orders_total on orders (total);
select claim.holds('the index is read backwards', exists (select from claim.nodes(claim.plan('select * from orders order by total desc limit 10'))
  where node ->> 'Index Name' = 'orders_total' and node ->> 'Scan Direction' = 'Backward'));
select claim.holds('an order by two keys, of which one is there', claim.has(claim.plan('select * from orders order by total desc, id limit 10'), 'Incremental Sort'));
drop index orders_total;

-- Two columns. The one compared for equality goes first.
\set open 'select * from orders where status = ''open'' and placed_at >= ''2026-06-01'' and placed_at < ''2026-06-08'' order by placed_at'
create index orders_ps on orders (placed_at, status);
select claim.pages(claim.plan(:'open', true)) as ps \gset
create index orders_sp on orders (status, placed_at);
select claim.pages(claim.plan(:'open', true)) as sp \gset
select claim.holds('the same rows for fewer pages', :sp < :ps and claim.has(claim.plan(:'open'), 'Index Scan', 'orders_sp'));
vacuum analyze orders;
select claim.holds('a count reads the index alone', exists (select from claim.nodes(claim.plan(
  'select count(*) from orders where placed_at >= ''2026-06-01'' and placed_at < ''2026-06-08''', true))
  where node ->> 'Node Type' = 'Index Only Scan' and node ->> 'Index Name' = 'orders_ps' and (node ->> 'Heap Fetches')::numeric = 0));
select claim.holds('a sum of another column cannot', not claim.has(claim.plan(
  'select sum(total) from orders where placed_at >= ''2026-06-01'' and placed_at < ''2026-06-08'''), 'Index Only Scan'));
create index orders_disputed on orders (placed_at) where status = 'disputed';
select claim.holds('the part serves its query, and is a hundredth of the whole',
  claim.has(claim.plan('select * from orders where status = ''disputed'' order by placed_at desc limit 20'), 'Index Scan', 'orders_disputed')
  and pg_relation_size('orders_disputed') * 100 < pg_relation_size('orders_sp'));

-- Pages of a list.
select claim.holds('an offset reads what it skips', exists (select from claim.nodes(claim.plan('select * from orders order by id limit 20 offset 200000', true))
  where node ->> 'Node Type' = 'Index Scan' and (node ->> 'Actual Rows')::numeric = 200020));
select claim.holds('a key does not', claim.pages(claim.plan('select * from orders where id > 200000 order by id limit 20', true)) < 10);
create index orders_newest on orders (placed_at desc, id desc);
select claim.holds('the newest first, from the middle, without a sort', not claim.has(p, 'Sort') and not claim.has(p, 'Incremental Sort') and claim.pages(p) < 30)
from claim.plan('select * from orders where (placed_at, id) < (''2026-05-20'', 200000) order by placed_at desc, id desc limit 20', true) p;

-- A wait is in the time of a plan, and in nothing else of it.
select dblink_connect('other', 'dbname=' || current_database());
select dblink_exec('other', 'begin; update orders set total = total + 1 where id = 4711');
select dblink_connect('third', 'dbname=' || current_database());
select dblink_send_query('third', 'explain (analyze, buffers, format json) update orders set total = total where id = 4711');
do $$
begin
  for i in 1 .. 200 loop
    perform pg_stat_clear_snapshot();
    exit when exists (select from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0 and wait_event_type = 'Lock');
    perform pg_sleep(0.05);
  end loop;
end $$;
select pg_sleep(1);
select dblink_exec('other', 'rollback');
select claim.holds('it took a second, and few pages', (p -> 0 ->> 'Execution Time')::numeric > 900
  and claim.pages(p -> 0 -> 'Plan') < 30) from dblink_get_result('third') as r(p jsonb);
