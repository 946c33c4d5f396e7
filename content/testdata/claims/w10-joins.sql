-- w10d1: where a condition stands in an outer join; what two joins multiply; three ways to say "without".
-- Expect: every claim holds on the small data.
\ir lib.sql
\ir schema.sql
\ir tiny.sql
select claim.holds('a condition on the right side in WHERE turns LEFT JOIN into JOIN', (select count(distinct l.id) = 3 from lists l left join tasks t on t.list_id = l.id where t.done_at is not null));
select claim.holds('in ON it keeps every list', (select count(distinct l.id) = 4 from lists l left join tasks t on t.list_id = l.id and t.done_at is not null));
select claim.holds('done_at is null in WHERE keeps lists that have no task at all, as if they had an open one', (select count(*) = 1 from lists l left join tasks t on t.list_id = l.id where t.done_at is null and l.id = 4));
-- home has 5 tasks and 2 members.
select claim.holds('two joins multiply: 10 and 10', (select count(t.id) = 10 and count(m.user_id) = 10 from lists l left join tasks t on t.list_id = l.id left join memberships m on m.list_id = l.id where l.id = 1));
select claim.holds('count(distinct) mends the count', (select count(distinct t.id) = 5 and count(distinct m.user_id) = 2 from lists l left join tasks t on t.list_id = l.id left join memberships m on m.list_id = l.id where l.id = 1));
select claim.holds('but not a sum: priorities 5 x 2 come out doubled', (select sum(t.priority) = 20 from lists l left join tasks t on t.list_id = l.id left join memberships m on m.list_id = l.id where l.id = 1));
select claim.holds('aggregating first mends both', (select t.n = 5 and t.p = 10 and m.n = 2 from (select count(*) n, sum(priority) p from tasks where list_id = 1) t, (select count(*) n from memberships where list_id = 1) m));
-- Without tasks.
select claim.holds('left join', (select array_agg(l.id) = '{4}' from lists l left join tasks t on t.list_id = l.id where t.id is null));
select claim.holds('not exists', (select array_agg(l.id) = '{4}' from lists l where not exists (select from tasks t where t.list_id = l.id)));
select claim.holds('not in, as list_id is never null', (select array_agg(id) = '{4}' from lists where id not in (select list_id from tasks)));
-- The same words with a column that can be null: which tasks are nobody's parent?
select claim.holds('not in with nulls finds none', (select count(*) = 0 from tasks where id not in (select parent_id from tasks)));
select claim.holds('not exists finds eight', (select count(*) = 8 from tasks t where not exists (select from tasks c where c.parent_id = t.id)));
-- Pairs who share a list, each once.
select claim.holds('pairs', (select array_agg(p order by p) = '{"1 2","1 3","2 3"}' from (select distinct a.user_id || ' ' || b.user_id p from memberships a join memberships b on a.list_id = b.list_id and a.user_id < b.user_id) x));
-- Tasks with both tags.
select claim.holds('both tags', (select array_agg(id) = '{4}' from (select tt.task_id id from task_tags tt join tags g on g.id = tt.tag_id where g.name in ('urgent', 'shop') group by tt.task_id having count(distinct g.name) = 2) x));
select claim.holds('where name = a and name = b finds none', not exists (select from task_tags tt join tags g on g.id = tt.tag_id where g.name = 'urgent' and g.name = 'shop'));
