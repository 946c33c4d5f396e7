-- w14d5: a stored counter makes writers of one list wait for each other.
-- Expect: no wait without the counter, a wait with it.
\ir lib.sql
\ir schema.sql
insert into lists (title) values ('one'), ('two');
alter table lists add open_tasks int not null default 0;
select claim.open('a'), claim.open('b') \g /dev/null
\set add 'insert into tasks (list_id, title) values (1, ''x'')'
\set raise 'update lists set open_tasks = open_tasks + 1 where id = '
select claim.sql('b', 'set lock_timeout = ''300ms''') \g /dev/null

select claim.sql('a', 'begin'), claim.sql('a', :'add') \g /dev/null
select claim.holds('two insert into one list at once', claim.sql('b', :'add') = '00000');
select claim.sql('a', :'raise' || 1) \g /dev/null
select claim.holds('the second raise of one counter waits', claim.sql('b', :'raise' || 1) = '55P03');
select claim.holds('another list''s does not', claim.sql('b', :'raise' || 2) = '00000');
select claim.sql('a', 'rollback') \g /dev/null
