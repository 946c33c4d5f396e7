-- w10d4: a subtree with depth and path; a circle that never ends, and CYCLE, which does.
-- Expect: every claim holds; the runaway query is stopped by statement_timeout (57014).
\ir lib.sql
\ir schema.sql
\ir tiny.sql
select claim.holds('the subtree of paint', (
  with recursive sub (id, depth, path) as (
    select id, 0, array[title] from tasks where id = 1
    union all
    select t.id, depth + 1, path || t.title from tasks t join sub on t.parent_id = sub.id)
  select array_agg(id order by path) = '{1,2,3,4}' and max(depth) = 2 from sub));
update tasks set parent_id = 4 where id = 1;
set statement_timeout = '1s';
\set ON_ERROR_STOP off
with recursive sub (id) as (select 1::bigint union all select t.id from tasks t join sub on t.parent_id = sub.id) select count(*) from sub;
\set ON_ERROR_STOP on
select claim.holds('union all runs until it is stopped', :'LAST_ERROR_SQLSTATE' = '57014');
set statement_timeout = '1min';
select claim.holds('union ends, as a row seen before is not new', (with recursive sub (id) as (select 1::bigint union select t.id from tasks t join sub on t.parent_id = sub.id) select count(*) = 4 from sub));
\set ON_ERROR_STOP off
set statement_timeout = '1s';
with recursive sub (id, depth) as (select 1::bigint, 0 union select t.id, depth + 1 from tasks t join sub on t.parent_id = sub.id) select count(*) from sub;
\set ON_ERROR_STOP on
select claim.holds('but not once a depth makes every row new', :'LAST_ERROR_SQLSTATE' = '57014');
set statement_timeout = '1min';
select claim.holds('cycle ends it and marks where', (
  with recursive sub (id) as (select 1::bigint union all select t.id from tasks t join sub on t.parent_id = sub.id) cycle id set round using path
  select count(*) filter (where not round) = 4 and count(*) filter (where round) = 1 from sub));
