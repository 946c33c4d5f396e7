-- w12d4: an old snapshot keeps VACUUM from removing dead rows; idle_in_transaction_session_timeout ends it.
-- Expect: every claim holds. Each VACUUM freezes, so that it waits for a page in use rather than pass it by.
\ir lib.sql
create table busy (id int primary key, n int) with (autovacuum_enabled = off);
insert into busy select n, 0 from generate_series(1, 20000) n;
vacuum analyze busy;
select pg_relation_size('busy') as before \gset
select claim.open('a'), claim.open('b') \g /dev/null
select claim.sql('a', 'begin isolation level repeatable read') \g /dev/null
select claim.ask('a', 'select count(*) from busy') \g /dev/null
update busy set n = 1;
vacuum (freeze) busy;
update busy set n = 2;
vacuum (freeze) busy;
update busy set n = 3;
select pg_relation_size('busy') as held \gset
select claim.holds('held back: the table is at least three times as large', :held >= 3 * :before);
create extension pgstattuple;
vacuum (freeze) busy;
select claim.holds('the dead rows are still there', (select dead_tuple_count >= 40000 from pgstattuple('busy')));
select claim.sql('a', 'commit') \g /dev/null
vacuum (freeze) busy;
select claim.holds('now they can go', (select dead_tuple_count = 0 from pgstattuple('busy')));
select claim.holds('the file keeps its size: the room is used again', pg_relation_size('busy') >= 0.5 * :held);
update busy set n = 4;
select claim.holds('and the next update does not make it grow', pg_relation_size('busy') <= :held);

-- Under Read Committed an idle transaction that has only read holds no snapshot between statements.
create table quiet (id int primary key, n int) with (autovacuum_enabled = off);
insert into quiet select n, 0 from generate_series(1, 20000) n;
vacuum (freeze) quiet;
select claim.sql('a', 'begin') \g /dev/null
select claim.ask('a', 'select count(*) from quiet') \g /dev/null
update quiet set n = 1;
vacuum (freeze) quiet;
select claim.holds('vacuum removes them', (select dead_tuple_count = 0 from pgstattuple('quiet')));
select claim.sql('a', 'rollback') \g /dev/null
-- Once it has written, it holds everybody's dead rows back.
create table own (id int);
select claim.sql('a', 'begin'), claim.sql('a', 'insert into own values (1)') \g /dev/null
update quiet set n = 2;
vacuum (freeze) quiet;
select claim.holds('an idle transaction with a write holds them', (select dead_tuple_count = 20000 from pgstattuple('quiet')));
select claim.sql('a', 'rollback') \g /dev/null

select claim.sql('b', 'set idle_in_transaction_session_timeout = ''200ms'''), claim.sql('b', 'begin') \g /dev/null
select claim.holds('its session is ended', claim.ends('b'));
