-- w11d1: the cost of a sequential scan by hand; rows removed; loops; EXPLAIN ANALYZE executes; LIMIT stops early.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
\set tasks 40000
\ir seed.sql
set max_parallel_workers_per_gather = 0;

select claim.holds('cost = pages + rows x (0.01 + 0.0025)', (
  select round(c.relpages * 1.0 + c.reltuples::numeric * (0.01 + 0.0025), 2) = (claim.plan('select * from events where task_id = 4242') ->> 'Total Cost')::numeric
  from pg_class c where oid = 'events'::regclass));
select claim.plan('select * from events where task_id = 4242', true) as p \gset
select claim.holds('no index: a sequential scan', claim.has(:'p'::jsonb, 'Seq Scan'));
select claim.holds('which removes nearly all rows', (:'p'::jsonb ->> 'Rows Removed by Filter')::int > 199900);
select claim.holds('and reads every page', claim.pages(:'p'::jsonb) >= (select relpages from pg_class where oid = 'events'::regclass));
select claim.plan('select * from events where id = 4242', true) as p \gset
select claim.holds('by primary key: an index scan of a few pages', claim.has(:'p'::jsonb, 'Index Scan', 'events_pkey') and claim.pages(:'p'::jsonb) <= 8);

-- Loops: the inner rows are a mean of one loop.
select claim.plan('select l.title, (select count(*) from tasks t where t.list_id = l.id) from lists l where l.id <= 100', true) as p \gset
select claim.holds('a hundred loops', exists (select from claim.nodes(:'p'::jsonb) where node ->> 'Actual Loops' = '100'));
select claim.holds('rows x loops is about the number of tasks', (
  select abs((node ->> 'Actual Rows')::numeric * 100 - (select count(*) from tasks where list_id <= 100)) <= 100
  from claim.nodes(:'p'::jsonb) where node ->> 'Relation Name' = 'tasks'));

-- LIMIT.
select claim.holds('limit 1 reads a few pages of a sequential scan', claim.pages(claim.plan('select * from events limit 1', true)) <= 2);
select claim.holds('the cost of LIMIT is far below its child''s', (
  with p as (select claim.plan('select * from events limit 1') p)
  select (p ->> 'Total Cost')::numeric * 1000 < (p -> 'Plans' -> 0 ->> 'Total Cost')::numeric from p));

-- EXPLAIN does not execute; EXPLAIN ANALYZE does.
select count(*) as before from events \gset
explain delete from events where id <= 10 \g /dev/null
select claim.holds('explain deletes nothing', (select count(*) = :before from events));
begin;
explain analyze delete from events where id <= 10 \g /dev/null
select claim.holds('explain analyze deletes', (select count(*) = :before - 10 from events));
rollback;
select claim.holds('and rollback brings them back', (select count(*) = :before from events));
