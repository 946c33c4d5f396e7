-- w12d3: a strong table lock that waits makes everybody behind it wait; lock_timeout ends that.
-- Expect: a plain select waits behind an ALTER TABLE that waits for a mere select; 55P03 after lock_timeout.
\ir lib.sql
\ir schema.sql
\ir tiny.sql
select claim.open('a'), claim.open('b'), claim.open('c') \g /dev/null
select claim.sql('a', 'begin') \g /dev/null
select claim.ask('a', 'select count(*) from tasks') \g /dev/null
select claim.start('b', 'alter table tasks add column colour text') \g /dev/null
select claim.holds('alter waits for an open transaction that only read', claim.waits('b'));
select claim.start('c', 'do $$begin perform * from tasks limit 1; end$$') \g /dev/null
select claim.holds('a reader waits behind the alter', claim.waits('c'));
select claim.holds('it is blocked by b, which is blocked by a', (
  select pg_blocking_pids(c.pid) = array[b.pid] and pg_blocking_pids(b.pid) = array[a.pid]
  from claim.pids a, claim.pids b, claim.pids c where a.name = 'a' and b.name = 'b' and c.name = 'c'));
select claim.sql('a', 'commit') \g /dev/null
select claim.holds('all go on', claim.finish('b') = '00000' and claim.finish('c') = '00000');

select claim.sql('a', 'begin') \g /dev/null
select claim.ask('a', 'select count(*) from tasks') \g /dev/null
select claim.sql('b', 'set lock_timeout = ''300ms''') \g /dev/null
select claim.holds('with lock_timeout the migration gives up: 55P03', claim.sql('b', 'alter table tasks add column size text') = '55P03');
select claim.holds('and readers pass', claim.sql('c', 'do $$begin perform * from tasks limit 1; end$$') = '00000');
