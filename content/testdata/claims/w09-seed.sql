-- w09d6: the seed meets its specification, and running it again gives the same data.
-- Expect: every claim holds for 2,000 tasks.
\ir lib.sql
\ir schema.sql
\set tasks 2000
\ir seed.sql
select claim.holds('counts', (select count(*) = 2000 from tasks) and (select count(*) = 10000 from events) and (select count(*) = 50 from lists) and (select count(*) = 20 from users));
select claim.holds('the largest list holds at least a tenth', (select max(n) >= 200 from (select count(*) n from tasks group by list_id) c));
select claim.holds('a list without tasks', exists (select from lists l where not exists (select from tasks t where t.list_id = l.id)));
select claim.holds('about a tenth is open', (select avg((done_at is null)::int) between 0.05 and 0.15 from tasks));
select claim.holds('each list has one owner', (select bool_and(n = 1) from (select count(*) filter (where role = 'owner') n from memberships group by list_id) m));
select claim.holds('done after created', not exists (select from tasks where done_at < created_at));
select md5(string_agg(t::text, ',' order by id)) as first from tasks t \gset
truncate users, lists, memberships, tasks, tags, task_tags, events restart identity;
\ir seed.sql
select claim.holds('the same again', (select md5(string_agg(t::text, ',' order by id)) = :'first' from tasks t));
