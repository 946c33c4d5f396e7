-- w13d4: a key with nulls loses rows; coalesce and an index on it mend that; offset shifts.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
insert into lists (title) values ('one');
insert into tasks (list_id, title, due_on)
select 1, 'Task ' || n, case when n % 2 = 0 then date '2025-01-01' + n % 100 end from generate_series(1, 20000) n;

select claim.holds('a walk by (due_on, id) sees only tasks with a day',
  (select count(*) = 10000 from tasks where list_id = 1 and (due_on, id) > ('-infinity', 0)));
select claim.holds('with coalesce it sees all',
  (select count(*) = 20000 from tasks where list_id = 1 and (coalesce(due_on, 'infinity'), id) > ('-infinity', 0)));

create index tasks_by_day on tasks (list_id, coalesce(due_on, 'infinity'), id);
analyze tasks;
select claim.plan($$select id from tasks where list_id = 1 and (coalesce(due_on, 'infinity'), id) > ('infinity', 15000)
  order by coalesce(due_on, 'infinity'), id limit 20$$, true) as late \gset
select claim.holds('the plan is an index scan without a sort', claim.has(:'late', 'Index Scan', 'tasks_by_day') and not claim.has(:'late', 'Sort'));
select claim.holds('the whole key is in the index condition', (select node ->> 'Index Cond' like '%ROW(%' from claim.nodes(:'late') where node ->> 'Node Type' = 'Index Scan'));
select claim.plan($$select id from tasks where list_id = 1 and (coalesce(due_on, 'infinity'), id) > ('-infinity', 0)
  order by coalesce(due_on, 'infinity'), id limit 20$$, true) as early \gset
select claim.holds('a late page touches about as many buffers as the first',
  abs(claim.pages(:'late') - claim.pages(:'early')) < 20);
select claim.holds('offset reads what it skips',
  claim.pages(claim.plan('select id, title from tasks where list_id = 1 order by id limit 20 offset 19000', true)) > 100);

create temp table page as select id from tasks where list_id = 1 order by id desc limit 20;
insert into tasks (list_id, title) values (1, 'new');
select claim.holds('after an insert, offset shows a row twice',
  (select count(*) = 1 from (select id from tasks where list_id = 1 order by id desc limit 20 offset 20) n join page using (id)));
select claim.holds('and the key does not',
  (select count(*) = 0 from (select id from tasks where list_id = 1 and id < (select min(id) from page) order by id desc limit 20) n join page using (id)));
