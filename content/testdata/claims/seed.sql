-- The data of week 9, the same for the same number of tasks: psql -v tasks=200000 -f seed.sql
\if :{?tasks}
\else
  \set tasks 200000
\endif
select setseed(0.42) \g /dev/null

insert into users (email, name, created_at)
select 'user' || n || '@example.com', 'User ' || n, timestamptz '2024-01-01 00:00Z' + n * interval '1 hour'
from generate_series(1, greatest(:tasks / 100, 10)) n;

insert into lists (title, created_at)
select 'List ' || n, timestamptz '2024-01-01 00:00Z' + n * interval '1 hour'
from generate_series(1, greatest(:tasks / 40, 20)) n;

insert into memberships (list_id, user_id, role)
select l.id, 1 + (l.id * 7 + k * 13) % (select count(*) from users), (array['owner', 'editor', 'editor', 'reader'])[k + 1]
from lists l, generate_series(0, 3) k
where k <= l.id % 4;

-- Skewed: a few lists hold most tasks, and the last fiftieth of the lists none.
insert into tasks (list_id, title, due_on, done_at, created_at)
select list_id, 'Task ' || n, due_on,
       case when done then created_at + random() * interval '20 days' end, created_at
from (
  select n,
         1 + floor(power(random(), 3) * floor(0.98 * (select count(*) from lists)))::bigint as list_id,
         timestamptz '2024-01-01 00:00Z' + n * (interval '730 days' / :tasks) as created_at,
         case when random() < 0.5 then date '2024-01-10' + (n * 730.0 / :tasks)::int + (random() * 20)::int end as due_on,
         random() < 0.9 as done
  from generate_series(1, :tasks) n
) t;

-- A tenth of the tasks hang below an earlier one of their list.
update tasks t set parent_id = p.id
from (select id, lag(id) over (partition by list_id order by id) as before from tasks) b
join tasks p on p.id = b.before
where t.id = b.id and t.id % 10 = 0;

insert into tags (list_id, name)
select l.id, name from lists l, unnest(array['home', 'work', 'urgent', 'someday']) name;

insert into task_tags (list_id, task_id, tag_id)
select t.list_id, t.id, g.id from tasks t join tags g on g.list_id = t.list_id
where random() < 0.1;

-- Five events a task in the mean, in the order of time.
insert into events (task_id, user_id, kind, at)
select 1 + floor(random() * :tasks)::bigint, 1 + floor(power(random(), 2) * (select count(*) from users))::bigint,
       (array['created', 'renamed', 'done', 'reopened', 'moved'])[1 + floor(power(random(), 4) * 5)::int],
       timestamptz '2024-01-01 00:00Z' + n * (interval '730 days' / (5 * :tasks))
from generate_series(1, 5 * :tasks) n;
vacuum analyze;
