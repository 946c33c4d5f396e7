-- w10d6: the five queries of the milestone on the small data, with the results worked out by hand.
-- Expect: every query gives its table. Today is 2025-06-18.
\ir lib.sql
\ir schema.sql
\ir tiny.sql
\set today '''2025-06-18'''

-- 1. Every list with owner, open, overdue and done tasks, lists without tasks included.
create view q1 as
select l.id, l.title, u.name as owner, coalesce(c.open, 0) as open, coalesce(c.overdue, 0) as overdue, coalesce(c.done, 0) as done
from lists l
join memberships m on m.list_id = l.id and m.role = 'owner'
join users u on u.id = m.user_id
left join (
  select list_id, count(*) filter (where done_at is null) as open,
         count(*) filter (where done_at is null and due_on < date :today) as overdue, count(done_at) as done
  from tasks group by list_id) c on c.list_id = l.id;
select claim.holds('1', (select array_agg(concat_ws(' ', title, owner, open, overdue, done) order by id)
  = '{"home Ann 3 2 2","band Bo 2 1 1","work Cy 1 1 1","empty Ann 0 0 0"}' from q1));

-- 2. For every user the two longest overdue tasks of all lists they belong to; users with none included.
create view q2 as
select u.name, t.title, t.due_on from users u
left join lateral (
  select t.title, t.due_on from tasks t join memberships m on m.list_id = t.list_id
  where m.user_id = u.id and t.done_at is null and t.due_on < date :today
  order by t.due_on, t.id limit 2) t on true;
select claim.holds('2', (select array_agg(concat_ws(' ', name, title) order by name, due_on)
  = '{"Ann paint","Ann white","Bo paint","Bo white","Cy invoice","Cy gig"}' from q2));

-- 3. Tasks done per list and week for three weeks from 2 June, zero weeks too, with the total so far.
create view q3 as
select l.title, w::date as week, count(t.id) as done, sum(count(t.id)) over (partition by l.id order by w) as total
from lists l
cross join generate_series(timestamp '2025-06-02', '2025-06-16', '1 week') w
left join tasks t on t.list_id = l.id and t.done_at at time zone 'UTC' >= w and t.done_at at time zone 'UTC' < w + interval '1 week'
group by l.id, w;
select claim.holds('3', (select array_agg(concat_ws(' ', title, done, total) order by title, week)
  = '{"band 0 0","band 1 1","band 0 1","empty 0 0","empty 0 0","empty 0 0","home 2 2","home 0 2","home 0 2","work 0 0","work 1 1","work 0 1"}' from q3));

-- 4. Every task at the top of its tree, with tasks below, share of those done, and depth.
create view q4 as
with recursive tree (root, id, depth, done) as (
  select id, id, 0, null::boolean from tasks where parent_id is null
  union all
  select root, t.id, depth + 1, t.done_at is not null from tasks t join tree on t.parent_id = tree.id)
select root, count(*) - 1 as below, avg(done::int) as share, max(depth) as depth from tree group by root;
select claim.holds('4', (select array_agg(concat_ws(' ', root, below, round(share, 2), depth) order by root)
  = '{"1 3 0.33 2","5 0 0","6 0 0","7 0 0","8 0 0","9 0 0","10 0 0"}' from q4));

-- 5. Every user's longest run of days on which they finished something, and its first day.
create view q5 as
with days as (select distinct user_id, (at at time zone 'UTC')::date as day from events where kind = 'done'),
     runs as (select user_id, day, day - row_number() over (partition by user_id order by day)::int as run from days),
     lengths as (select user_id, min(day) as first, count(*) as days from runs group by user_id, run)
select distinct on (u.id) u.name, l.first, coalesce(l.days, 0) as days
from users u left join lengths l on l.user_id = u.id
order by u.id, l.days desc nulls last, l.first;
select claim.holds('5', (select array_agg(concat_ws(' ', name, first, days) order by name)
  = '{"Ann 2025-06-08 3","Bo 2025-06-09 1","Cy 2025-06-10 1"}' from q5));
