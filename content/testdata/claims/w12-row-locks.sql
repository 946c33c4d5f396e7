-- w12d3: which row locks meet; what a foreign key locks; who waits for whom.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
\ir tiny.sql
select claim.open('a'), claim.open('b') \g /dev/null
-- free tells whether b gets through while a holds.
create function free(held text, wanted text) returns boolean language plpgsql as $$
declare r text;
begin
  perform claim.sql('a', 'begin'), claim.sql('b', 'begin'), claim.sql('b', 'set local lock_timeout = ''100ms''');
  perform claim.sql('a', held);
  r := claim.sql('b', wanted);
  perform claim.sql('b', 'rollback'), claim.sql('a', 'rollback');
  return case r when '00000' then true when '55P03' then false end;
end $$;
create function row_lock(mode text) returns text language sql as $$ select format('do $x$begin perform 1 from lists where id = 1 for %s; end$x$', mode) $$;
create table grid as select h, w, free(row_lock(h), row_lock(w)) as ok
  from unnest(array['key share', 'share', 'no key update', 'update']) h, unnest(array['key share', 'share', 'no key update', 'update']) w;
select h, string_agg(w, ', ' order by w) filter (where ok) as lets from grid group by h;
select claim.holds('key share lets all but update', (select array_agg(w order by w) = '{key share,no key update,share}' from grid where h = 'key share' and ok));
select claim.holds('share lets key share and share', (select array_agg(w order by w) = '{key share,share}' from grid where h = 'share' and ok));
select claim.holds('no key update lets key share', (select array_agg(w order by w) = '{key share}' from grid where h = 'no key update' and ok));
select claim.holds('update lets none', not exists (select from grid where h = 'update' and ok));

\set rename '$$update lists set title = \'house\' where id = 1$$'
\set child '$$insert into tasks (list_id, title) values (1, \'new\')$$'
select claim.holds('renaming a list lets a task be added to it', free(:rename, :child));
select claim.holds('and the other way round', free(:child, :rename));
select claim.holds('FOR UPDATE on the list does not', not free(row_lock('update'), :child));
select claim.holds('FOR NO KEY UPDATE does', free(row_lock('no key update'), :child));
select claim.holds('adding a task holds off deleting the list', not free(:child, 'delete from lists where id = 1'));
select claim.holds('a plain select never waits for a row', free('delete from tasks where id = 6', 'do $$begin perform * from tasks where id = 6; end$$'));
-- A list is deleted while a task is being added.
select claim.sql('a', 'begin'), claim.sql('a', 'delete from lists where id = 4'), claim.start('b', $$insert into tasks (list_id, title) values (4, 'late')$$) \g /dev/null
select claim.holds('the insert waits', claim.waits('b'));

-- Who blocks whom.
select claim.holds('pg_blocking_pids names a', (
  select pg_blocking_pids(b.pid) = array[a.pid] from claim.pids a, claim.pids b where a.name = 'a' and b.name = 'b'));
select claim.holds('a is idle in a transaction', (select state = 'idle in transaction' from pg_stat_activity join claim.pids using (pid) where name = 'a'));
select claim.holds('b is active and waits for a transaction to end', (select state = 'active' and wait_event_type = 'Lock' and wait_event = 'transactionid' from pg_stat_activity join claim.pids using (pid) where name = 'b'));
select claim.holds('an ungranted lock shows it', exists (select from pg_locks join claim.pids using (pid) where name = 'b' and not granted and locktype = 'transactionid'));
select claim.sql('a', 'commit') \g /dev/null
select claim.holds('then fails: 23503', claim.finish('b') = '23503');

-- Cancel ends the statement, terminate the session.
select claim.sql('a', 'begin'), claim.sql('a', 'update lists set title = title where id = 1'), claim.start('b', 'update lists set title = title where id = 1') \g /dev/null
select claim.holds('waits', claim.waits('b'));
select pg_cancel_backend(pid) from claim.pids where name = 'b' \g /dev/null
select claim.holds('cancelled: 57014', claim.finish('b') = '57014');
select claim.holds('and the session lives', claim.sql('b', 'begin') = '00000');
select claim.sql('b', 'rollback') \g /dev/null
-- Cancelling an idle transaction frees nothing; terminating does.
select pg_cancel_backend(pid) from claim.pids where name = 'a' \g /dev/null
select claim.start('b', 'update lists set title = title where id = 1') \g /dev/null
select claim.holds('still waits', claim.waits('b'));
select pg_terminate_backend(pid) from claim.pids where name = 'a' \g /dev/null
select claim.holds('goes on', claim.finish('b') = '00000');
