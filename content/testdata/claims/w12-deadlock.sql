-- w12d4: opposite order deadlocks, one victim gets 40P01; one order does not.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
\ir tiny.sql
select claim.open('a'), claim.open('b') \g /dev/null
select claim.holds('the default patience is a second', (select boot_val = '1000' and unit = 'ms' from pg_settings where name = 'deadlock_timeout'));
select claim.sql('a', 'begin'), claim.sql('b', 'begin') \g /dev/null
select claim.sql('a', 'update tasks set priority = 1 where id = 6'), claim.sql('b', 'update tasks set priority = 1 where id = 7') \g /dev/null
select claim.start('a', 'update tasks set priority = 1 where id = 7') \g /dev/null
select claim.holds('a waits for b', claim.waits('a'));
select claim.start('b', 'update tasks set priority = 1 where id = 6') \g /dev/null
create table result as select claim.finish(name) as state from unnest(array['b', 'a']) name;
select claim.holds('one is the victim, the other goes on', (select array_agg(state order by state) = '{00000,40P01}' from result));
select claim.sql('a', 'rollback'), claim.sql('b', 'rollback') \g /dev/null

-- The same order.
select claim.sql('a', 'begin'), claim.sql('b', 'begin') \g /dev/null
select claim.sql('a', 'update tasks set priority = 1 where id = 6'), claim.start('b', 'update tasks set priority = 1 where id = 6') \g /dev/null
select claim.holds('b waits at the first row', claim.waits('b'));
select claim.holds('a gets the second', claim.sql('a', 'update tasks set priority = 1 where id = 7') = '00000');
select claim.sql('a', 'commit') \g /dev/null
select claim.holds('b goes on', claim.finish('b') = '00000');
select claim.holds('and gets the second', claim.sql('b', 'update tasks set priority = 1 where id = 7') = '00000');
select claim.sql('b', 'commit') \g /dev/null

-- A foreign key joins in: both add a task to a list, then both rename it.
update lists set title = 'home' where id = 1;
select claim.sql('a', 'begin'), claim.sql('b', 'begin') \g /dev/null
select claim.sql('a', $$insert into tasks (list_id, title) values (1, 'x')$$), claim.sql('b', $$insert into tasks (list_id, title) values (1, 'y')$$) \g /dev/null
select claim.holds('renaming does not touch the key, so no deadlock', claim.sql('a', $$update lists set title = 'a' where id = 1$$) = '00000');
select claim.sql('a', 'rollback'), claim.sql('b', 'rollback') \g /dev/null
select claim.sql('a', 'begin'), claim.sql('b', 'begin') \g /dev/null
select claim.sql('a', $$insert into tasks (list_id, title) values (1, 'x')$$), claim.sql('b', $$insert into tasks (list_id, title) values (1, 'y')$$) \g /dev/null
select claim.start('a', 'do $$begin perform 1 from lists where id = 1 for update; end$$') \g /dev/null
select claim.holds('a waits for b''s key share', claim.waits('a'));
select claim.start('b', 'do $$begin perform 1 from lists where id = 1 for update; end$$') \g /dev/null
truncate result;
insert into result select claim.finish(name) from unnest(array['b', 'a']) name;
select claim.holds('adding a task and then FOR UPDATE on its list deadlocks', (select array_agg(state order by state) = '{00000,40P01}' from result));
select claim.sql('a', 'rollback'), claim.sql('b', 'rollback') \g /dev/null

-- Upserts of several rows in opposite order.
create table tally (k text primary key, n int);
select claim.sql('a', 'begin'), claim.sql('b', 'begin') \g /dev/null
select claim.sql('a', $$insert into tally values ('x', 1) on conflict (k) do update set n = tally.n + 1$$), claim.sql('b', $$insert into tally values ('y', 1) on conflict (k) do update set n = tally.n + 1$$) \g /dev/null
select claim.start('a', $$insert into tally values ('y', 1) on conflict (k) do update set n = tally.n + 1$$) \g /dev/null
select claim.holds('an insert waits for an uncommitted one of the same key', claim.waits('a'));
select claim.start('b', $$insert into tally values ('x', 1) on conflict (k) do update set n = tally.n + 1$$) \g /dev/null
truncate result;
insert into result select claim.finish(name) from unnest(array['b', 'a']) name;
select claim.holds('upserts deadlock too', (select array_agg(state order by state) = '{00000,40P01}' from result));
