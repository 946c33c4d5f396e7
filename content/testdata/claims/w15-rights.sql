-- w15d3: what a role without spare rights cannot do; default privileges; row-level security and pools.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
insert into users (email, name) values ('a@example.com', 'A');
insert into lists (title) values ('one'), ('two');
insert into memberships values (1, 1, 'owner');
select 'claim_app_' || pg_backend_pid() as app \gset
create role :app;
grant usage on schema public to :app;
grant select, insert, update, delete on all tables in schema public to :app;
select claim.open('a') \g /dev/null
select claim.sql('a', 'set role ' || :'app') \g /dev/null
select claim.holds('it writes rows', claim.sql('a', $$insert into lists (title) values ('three')$$) = '00000');
select claim.holds('42501: ' || q, claim.sql('a', q) = '42501') from (values
  ('drop table events'), ('create table z (i int)'), ('alter table tasks add z int'), ('truncate events')) v (q);

create table later (i int);
select claim.holds('a new table is closed to it', claim.sql('a', 'insert into later values (1)') = '42501');
alter default privileges in schema public grant select, insert, update, delete on tables to :app;
create table later2 (i int);
select claim.holds('default privileges open the next one', claim.sql('a', 'insert into later2 values (1)') = '00000');
select claim.holds('and not the one before', claim.sql('a', 'insert into later values (1)') = '42501');

alter table lists enable row level security;
create policy members on lists using (exists (select from memberships m
  where m.list_id = lists.id and m.user_id = nullif(current_setting('app.user_id', true), '')::bigint));
select claim.holds('without a caller it sees nothing', claim.ask('a', 'select count(*) from lists') = '0');
select claim.sql('a', 'begin'), claim.sql('a', 'set local app.user_id = ''1''') \g /dev/null
select claim.holds('with one, their lists', claim.ask('a', 'select count(*) from lists') = '1');
select claim.sql('a', 'commit') \g /dev/null
select claim.holds('set local ends with the transaction', claim.ask('a', 'select count(*) from lists') = '0');
select claim.holds('and leaves an empty text, not null', claim.ask('a', 'select current_setting(''app.user_id'', true) = ''''') = 'true');
select claim.sql('a', 'set app.user_id = ''1''') \g /dev/null
select claim.holds('set stays for whoever comes next', claim.ask('a', 'select count(*) from lists') = '1');
select claim.holds('the superuser passes by', (select count(*) = 3 from lists));

select dblink_disconnect('a') \g /dev/null
drop owned by :app;
drop role :app;
