-- w17d2, w17d3: a function hides a column from its index; joins multiply; not in and null; a foreign key without an index.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
insert into users (email, name) values ('a@example.com', 'A');
insert into lists (title) values ('one');
insert into tasks (list_id, title, created_at) select 1, 'Task ' || n, timestamptz '2025-01-01 00:00Z' + n * interval '10 minutes' from generate_series(1, 20000) n;
insert into events (task_id, user_id, kind) select 1 + n % 20000, 1, 'created' from generate_series(1, 100000) n;
create index tasks_created on tasks (created_at);
vacuum analyze;

select claim.holds('a cast hides the index', not claim.has(claim.plan($$select id from tasks where created_at::date = '2025-03-01'$$), 'Index Scan', 'tasks_created')
  and claim.has(claim.plan($$select id from tasks where created_at::date = '2025-03-01'$$), 'Seq Scan'));
select claim.holds('a range uses it', claim.has(claim.plan($$select id from tasks where created_at >= '2025-03-01' and created_at < '2025-03-02'$$), 'Index Scan', 'tasks_created'));
select claim.holds('an index on the cast is refused: 42P17', claim.state('create index on tasks ((created_at::date))') = '42P17');
select claim.holds('a numeric parameter hides the key', claim.has(claim.plan('select id from tasks where id = 5.0'), 'Seq Scan'));

insert into tags (list_id, name) values (1, 'a'), (1, 'b');
insert into task_tags values (1, 1, 1), (1, 1, 2);
delete from events where task_id = 1;
insert into events (task_id, user_id, kind) select 1, 1, 'renamed' from generate_series(1, 3);
select claim.holds('two tags and three events count as six of each', (select count(g.tag_id) = 6 and count(e.id) = 6
  from tasks t join task_tags g on g.task_id = t.id join events e on e.task_id = t.id where t.id = 1));
select claim.holds('not in with a null gives no row', not exists (select from (values (3)) v (x) where x not in (values (1), (null))));

create table deletion (p text);
do $$
declare p jsonb;
begin
  execute 'explain (analyze, format json) delete from tasks where id = 5' into p;
  insert into deletion select t ->> 'Constraint Name' from jsonb_array_elements(p -> 0 -> 'Triggers') t where (t ->> 'Time')::float > (p -> 0 -> 'Plan' ->> 'Actual Total Time')::float;
end $$;
select claim.holds('deleting spends its time in the trigger of events', exists (select from deletion where p = 'events_task_id_fkey'));

create table k (id int primary key);
insert into k select generate_series(1, 100);
select claim.state('insert into k values (5)'), pg_stat_force_next_flush() \g /dev/null
select claim.holds('guarding uniqueness counts no scan', (select idx_scan = 0 from pg_stat_user_indexes where indexrelname = 'k_pkey'));
