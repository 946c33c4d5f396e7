-- w12d2: what each isolation level shows. Dirty read, unrepeatable read, phantom, write skew.
-- Expect: no level shows uncommitted data; Read Committed shows changes between two statements,
-- Repeatable Read does not but lets write skew through; Serializable refuses it with 40001.
\ir lib.sql
\ir schema.sql
\ir tiny.sql
select claim.open('a'), claim.open('b') \g /dev/null
-- Dirty read, even asked for.
select claim.sql('b', 'begin'), claim.sql('b', $$update tasks set title = 'half done' where id = 1$$) \g /dev/null
select claim.sql('a', 'begin isolation level read uncommitted') \g /dev/null
select claim.holds('read uncommitted shows nothing uncommitted', claim.ask('a', 'select title from tasks where id = 1') = 'paint');
select claim.sql('b', 'rollback'), claim.sql('a', 'rollback') \g /dev/null

-- Unrepeatable read and phantom.
select claim.sql('a', 'begin isolation level read committed') \g /dev/null
select claim.ask('a', 'select count(*) from tasks where list_id = 1') as n \gset
insert into tasks (list_id, title) values (1, 'ghost');
update tasks set title = 'paint it' where id = 1;
select claim.holds('read committed: another title', claim.ask('a', 'select title from tasks where id = 1') = 'paint it');
select claim.holds('read committed: a phantom', claim.ask('a', 'select count(*) from tasks where list_id = 1')::int = :n + 1);
select claim.sql('a', 'rollback') \g /dev/null
select claim.sql('a', 'begin isolation level repeatable read') \g /dev/null
select claim.ask('a', 'select count(*) from tasks where list_id = 1') as n \gset
insert into tasks (list_id, title) values (1, 'second ghost');
update tasks set title = 'paint' where id = 1;
select claim.holds('repeatable read: the same title', claim.ask('a', 'select title from tasks where id = 1') = 'paint it');
select claim.holds('repeatable read: no phantom either', claim.ask('a', 'select count(*) from tasks where list_id = 1')::int = :n);
select claim.holds('but a later write to that row is refused: 40001', claim.sql('a', $$update tasks set title = 'x' where id = 1$$) = '40001');
select claim.sql('a', 'rollback') \g /dev/null
-- The snapshot is taken by the first query and not by BEGIN.
select claim.sql('a', 'begin isolation level repeatable read') \g /dev/null
update tasks set title = 'after begin' where id = 1;
select claim.holds('begin takes no snapshot', claim.ask('a', 'select title from tasks where id = 1') = 'after begin');
select claim.sql('a', 'rollback') \g /dev/null

-- Write skew: a list must keep an owner; both owners leave at once.
create function try(level text) returns text language plpgsql as $$
declare r text;
begin
  perform claim.sql(s, 'begin isolation level ' || level) from unnest(array['a', 'b']) s;
  perform claim.ask(s, $q$select count(*) from memberships where list_id = 1 and role = 'owner'$q$) from unnest(array['a', 'b']) s;
  perform claim.sql('a', 'delete from memberships where list_id = 1 and user_id = 1');
  r := claim.sql('b', 'delete from memberships where list_id = 1 and user_id = 2');
  r := r || ' ' || claim.sql('a', 'commit') || ' ' || case when r = '00000' then claim.sql('b', 'commit') else claim.sql('b', 'rollback') end;
  return r;
end $$;
update memberships set role = 'owner' where list_id = 1;
select claim.holds('repeatable read lets both go', try('repeatable read') = '00000 00000 00000');
select claim.holds('the list has no owner', not exists (select from memberships where list_id = 1 and role = 'owner'));
insert into memberships values (1, 1, 'owner'), (1, 2, 'owner');
select try('serializable') as r \gset
\echo serializable :r
select claim.holds('serializable refuses one with 40001', :'r' like '%40001%');
select claim.holds('one owner is left', (select count(*) = 1 from memberships where list_id = 1 and role = 'owner'));

-- The same under Read Committed, with the list's row locked first by both.
truncate memberships;
insert into memberships values (1, 1, 'owner'), (1, 2, 'owner');
select claim.sql('a', 'begin'), claim.sql('b', 'begin') \g /dev/null
select claim.ask('a', 'select id from lists where id = 1 for update') \g /dev/null
select claim.start('b', 'do $$begin perform id from lists where id = 1 for update; end$$') \g /dev/null
select claim.holds('the second waits at the list', claim.waits('b'));
select claim.sql('a', 'delete from memberships where list_id = 1 and user_id = 1'), claim.sql('a', 'commit') \g /dev/null
select claim.finish('b') \g /dev/null
select claim.holds('and then sees that it is the last owner', claim.ask('b', $$select count(*) from memberships where list_id = 1 and role = 'owner'$$) = '1');
select claim.sql('b', 'rollback') \g /dev/null
-- Locking the owners' rows, as counted: the second waits, and then finds one.
truncate memberships;
insert into memberships values (1, 1, 'owner'), (1, 2, 'owner');
select claim.sql('a', 'begin'), claim.sql('b', 'begin') \g /dev/null
select claim.ask('a', $$select count(*) from (select from memberships where list_id = 1 and role = 'owner' for update) x$$) as n \gset
select claim.holds('two owners', :n = 2);
select dblink_send_query('b', $$select count(*)::text from (select from memberships where list_id = 1 and role = 'owner' for update) x$$) \g /dev/null
select claim.holds('waits', claim.waits('b'));
select claim.sql('a', 'delete from memberships where list_id = 1 and user_id = 1'), claim.sql('a', 'commit') \g /dev/null
select v as n from dblink_get_result('b') as t(v text) \gset
select claim.holds('one owner', :n = 1);
select count(*) from dblink_get_result('b') as t(v text) \g /dev/null
select claim.sql('b', 'rollback') \g /dev/null
-- Locking only one's own membership lets both go under Read Committed.
delete from memberships where list_id = 1;
insert into memberships values (1, 1, 'owner'), (1, 2, 'owner');
select claim.open('c'), claim.open('d') \g /dev/null
select claim.sql('c', 'begin'), claim.sql('d', 'begin') \g /dev/null
select claim.ask('c', 'select user_id from memberships where list_id = 1 and user_id = 1 for update'), claim.ask('d', 'select user_id from memberships where list_id = 1 and user_id = 2 for update') \g /dev/null
select claim.holds('both count two', claim.ask('c', 'select count(*) from memberships where list_id = 1') = '2' and claim.ask('d', 'select count(*) from memberships where list_id = 1') = '2');
select claim.holds('both leave', claim.sql('c', 'delete from memberships where list_id = 1 and user_id = 1') = '00000' and claim.sql('d', 'delete from memberships where list_id = 1 and user_id = 2') = '00000');
select claim.sql('c', 'commit'), claim.sql('d', 'commit') \g /dev/null
select claim.holds('nobody is left', not exists (select from memberships where list_id = 1));

-- Serializable shows neither changes nor phantoms; read uncommitted shows both, as read committed does.
create function sees(level text) returns text language plpgsql as $$
declare title1 text; title2 text; n1 text; n2 text;
begin
  perform claim.sql('c', 'begin isolation level ' || level);
  title1 := claim.ask('c', 'select title from tasks where id = 6'); n1 := claim.ask('c', 'select count(*) from tasks');
  perform claim.sql('d', 'update tasks set title = title || ''!'' where id = 6'), claim.sql('d', 'insert into tasks (list_id, title) values (2, ''more'')');
  title2 := claim.ask('c', 'select title from tasks where id = 6'); n2 := claim.ask('c', 'select count(*) from tasks');
  perform claim.sql('c', 'rollback');
  return (title1 <> title2) || ' ' || (n1 <> n2);
end $$;
select claim.holds('read uncommitted', sees('read uncommitted') = 'true true');
select claim.holds('read committed', sees('read committed') = 'true true');
select claim.holds('repeatable read', sees('repeatable read') = 'false false');
select claim.holds('serializable', sees('serializable') = 'false false');
