-- w14d2: what each timeout ends; all are off by default; a query outlives its client.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
select claim.holds(name || ' is off by default', boot_val = '0') from pg_settings
where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'client_connection_check_interval');
select claim.holds('a hundred connections by default', (select boot_val = '100' from pg_settings where name = 'max_connections'));
insert into lists (title) values ('one');
select claim.open('a'), claim.open('b') \g /dev/null

select claim.sql('a', 'set statement_timeout = ''100ms''') \g /dev/null
select claim.holds('57014 for a statement that is too long', claim.sql('a', 'do $$begin perform pg_sleep(5); end$$') = '57014');
select claim.sql('b', 'begin'), claim.sql('b', 'update lists set title = ''b''') \g /dev/null
select claim.holds('57014 too when it waits for a lock', claim.sql('a', 'update lists set title = ''a''') = '57014');
select claim.sql('a', 'set lock_timeout = ''50ms''') \g /dev/null
select claim.holds('55P03 for a lock', claim.sql('a', 'update lists set title = ''a''') = '55P03');
select claim.sql('b', 'rollback') \g /dev/null

select claim.sql('b', 'set idle_in_transaction_session_timeout = ''100ms'''), claim.sql('b', 'begin') \g /dev/null
select claim.holds('an idle transaction loses its session', claim.ends('b'));

select claim.open('ghost') \g /dev/null
select claim.start('ghost', 'select count(*) from generate_series(1, 20000000) g where md5(g::text) = ''x''') \g /dev/null
select pg_sleep(0.3), dblink_disconnect('ghost'), pg_sleep(0.5) \g /dev/null
select claim.holds('the query goes on without its client',
  (select state = 'active' from pg_stat_activity a join claim.pids p using (pid) where p.name = 'ghost'));
select pg_terminate_backend(pid) from claim.pids where name = 'ghost' \g /dev/null
