-- w13d5, w13d3: two requests with one idempotency key; the codes of broken rules.
-- Expect: the second waits; after a commit it inserts nothing, after a rollback it inserts, under Repeatable Read 40001.
\ir lib.sql
\ir schema.sql
create table idempotency_keys (user_id bigint, key text, answer jsonb, primary key (user_id, key));
select claim.open('a'), claim.open('b') \g /dev/null
\set insert 'insert into idempotency_keys values (1, ''%s'') on conflict do nothing'

select claim.sql('a', 'begin'), claim.sql('a', format(:'insert', 'k1')) \g /dev/null
select claim.start('b', format(:'insert', 'k1')) \g /dev/null
select claim.holds('the second waits', claim.waits('b'));
select claim.sql('a', 'update idempotency_keys set answer = ''1'''), claim.sql('a', 'commit') \g /dev/null
select claim.holds('and ends without an error', claim.finish('b') = '00000');
select claim.holds('the first one''s answer stands', (select answer = '1' from idempotency_keys where key = 'k1'));

select claim.sql('a', 'begin'), claim.sql('a', format(:'insert', 'k2')) \g /dev/null
select claim.start('b', format(:'insert', 'k2')) \g /dev/null
select claim.holds('it waits again', claim.waits('b'));
select claim.sql('a', 'rollback') \g /dev/null
select claim.holds('and goes on', claim.finish('b') = '00000');
select claim.holds('after a rollback it inserts', exists (select from idempotency_keys where key = 'k2'));

select claim.sql('a', 'begin'), claim.sql('a', format(:'insert', 'k3')) \g /dev/null
select claim.sql('b', 'begin isolation level repeatable read'), claim.ask('b', 'select 1') \g /dev/null
select claim.start('b', format(:'insert', 'k3')) \g /dev/null
select claim.holds('under Repeatable Read it waits too', claim.waits('b'));
select claim.sql('a', 'commit') \g /dev/null
select claim.holds('and then fails with 40001', claim.finish('b') = '40001');
select claim.sql('b', 'rollback') \g /dev/null

insert into users (email, name) values ('a@example.com', 'A');
select claim.holds('23505 unique', claim.state($$insert into users (email, name) values ('A@example.com', 'B')$$) = '23505');
select claim.holds('23503 foreign key', claim.state($$insert into tasks (list_id, title) values (9, 'x')$$) = '23503');
insert into lists (title) values ('one');
select claim.holds('23514 check', claim.state($$insert into tasks (list_id, title) values (1, '')$$) = '23514');
select claim.holds('22021 a zero byte is no text', claim.state($$select convert_from('\x00', 'UTF8')$$) = '22021');
