-- w12d5: SKIP LOCKED hands each row to one worker, and back when the worker dies; a request's key makes a retry harmless.
-- Expect: every claim holds.
\ir lib.sql
create table reminders (id int primary key, sent_at timestamptz);
insert into reminders select n from generate_series(1, 3) n;
select claim.open('a'), claim.open('b'), claim.open('c') \g /dev/null
\set take '$$select id from reminders where sent_at is null order by id limit 1 for update skip locked$$'
select claim.sql('a', 'begin'), claim.sql('b', 'begin'), claim.sql('c', 'begin') \g /dev/null
select claim.holds('a takes 1', claim.ask('a', :take) = '1');
select claim.holds('b takes 2 without waiting', claim.ask('b', :take) = '2');
select claim.sql('b', 'update reminders set sent_at = now() where id = 2'), claim.sql('b', 'commit') \g /dev/null
select pg_terminate_backend(pid, 5000) from claim.pids where name = 'a' \g /dev/null
select claim.holds('a is dead, so c takes 1', claim.ask('c', :take) = '1');
select claim.holds('a second look by c gives 1 again: its own lock does not count', claim.ask('c', :take) = '1');
select claim.sql('c', 'rollback') \g /dev/null
-- Without SKIP LOCKED the second waits for the first before it takes the next.
select claim.sql('b', 'begin'), claim.sql('c', 'begin') \g /dev/null
\set plain '$$select id::text from reminders where sent_at is null order by id limit 1 for update$$'
select claim.holds('b takes 1', claim.ask('b', 'select id from reminders where sent_at is null order by id limit 1 for update') = '1');
select dblink_send_query('c', :plain) \g /dev/null
select claim.holds('the second waits', claim.waits('c'));
select claim.sql('b', 'update reminders set sent_at = now() where id = 1'), claim.sql('b', 'commit') \g /dev/null
select v as taken from dblink_get_result('c') as t(v text) \gset
select claim.holds('and then takes 3', :taken = 3);
select count(*) from dblink_get_result('c') as t(v text) \g /dev/null
select claim.sql('c', 'rollback') \g /dev/null

-- A key for each request, written in the same transaction as its effect.
create table requests (key uuid primary key, answer text);
create table tasks (title text);
create function add(k uuid, t text) returns text language plpgsql as $$
begin
  insert into requests values (k, null) on conflict do nothing;
  if not found then return (select answer from requests where key = k); end if;
  insert into tasks values (t);
  update requests set answer = 'added ' || t where key = k;
  return 'added ' || t;
end $$;
select claim.holds('first', add('00000000-0000-0000-0000-000000000001', 'milk') = 'added milk');
select claim.holds('again: the same answer', add('00000000-0000-0000-0000-000000000001', 'milk') = 'added milk');
select claim.holds('one task', (select count(*) = 1 from tasks));
-- Two at once: the second waits for the first.
select claim.sql('b', 'begin'), claim.sql('c', 'begin') \g /dev/null
select claim.ask('b', $$select add('00000000-0000-0000-0000-000000000002', 'bread')$$) \g /dev/null
select claim.start('c', $$do $x$begin perform add('00000000-0000-0000-0000-000000000002', 'bread'); end$x$ $$) \g /dev/null
select claim.holds('the second waits', claim.waits('c'));
select claim.sql('b', 'commit') \g /dev/null
select claim.holds('and adds nothing', claim.finish('c') = '00000' and (select count(*) = 1 from tasks where title = 'bread'));
select claim.sql('c', 'rollback') \g /dev/null

-- After an error a transaction takes nothing more but a rollback.
select claim.sql('b', 'begin'), claim.sql('b', 'select 1 / 0') \g /dev/null
select claim.holds('25P02', claim.sql('b', 'insert into tasks values (''x'')') = '25P02');
