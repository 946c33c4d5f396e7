-- w16d4: two workers never hold the same row; a killed one gives it back, so it is sent again.
-- Expect: every claim holds.
\ir lib.sql
create table outbox (id bigint generated always as identity primary key, kind text not null);
create table mail_log (id bigint); -- stands for the outside: written apart
insert into outbox (kind) values ('mail'), ('mail');
select claim.open('a'), claim.open('b') \g /dev/null
\set take 'select id from outbox order by id limit 1 for update skip locked'

select claim.sql('a', 'begin'), claim.sql('b', 'begin') \g /dev/null
select claim.ask('a', format('select min(id) from (%s) t', :'take')) as a \gset
select claim.ask('b', format('select min(id) from (%s) t', :'take')) as b \gset
select claim.holds('the workers take different rows', :a = 1 and :b = 2);
insert into mail_log values (:a); -- a sends
select claim.sql('b', 'delete from outbox where id = 2'), claim.sql('b', 'commit') \g /dev/null
select pg_terminate_backend(pid, 5000) from claim.pids where name = 'a' \g /dev/null
select claim.holds('the killed one''s row is free again', claim.ask('b', format('select min(id) from (%s) t', :'take')) = '1');
insert into mail_log values (1);
select claim.holds('and sent twice', (select count(*) = 2 from mail_log where id = 1));
