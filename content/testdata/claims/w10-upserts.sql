-- w10d5: what ON CONFLICT returns, refuses and needs; UPDATE ... FROM with two matches.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
\ir tiny.sql
create function n(q text) returns bigint language plpgsql as $$ declare r bigint; begin execute q; get diagnostics r = row_count; return r; end $$;
select claim.holds('do nothing returns no row for one that exists', n($$insert into tags (list_id, name) values (1, 'urgent') on conflict (list_id, name) do nothing returning id$$) = 0);
select claim.holds('do update returns it', n($$insert into tags (list_id, name) values (1, 'urgent') on conflict (list_id, name) do update set name = excluded.name returning id$$) = 1);
select claim.holds('one command may not meet the same row twice: 21000', claim.state($$insert into tags (list_id, name) values (1, 'a'), (1, 'a') on conflict (list_id, name) do update set name = excluded.name$$) = '21000');
select claim.holds('do nothing takes that', n($$insert into tags (list_id, name) values (1, 'b'), (1, 'b') on conflict (list_id, name) do nothing$$) = 1);
select claim.holds('without a matching unique index: 42P10', claim.state($$insert into tags (list_id, name) values (1, 'c') on conflict (name) do nothing$$) = '42P10');
select claim.holds('a partial unique index is named with its predicate', claim.state($$insert into memberships values (3, 1, 'reader', true) on conflict (user_id) where inbox do nothing$$) = '00000');
select claim.holds('and not without: 42P10', claim.state($$insert into memberships values (2, 1, 'reader', true) on conflict (user_id) do nothing$$) = '42P10');
select claim.holds('another constraint still fails: 23514', claim.state($$insert into tags (list_id, name) values (1, '') on conflict (list_id, name) do nothing$$) = '23514');
select claim.holds('conflicts burn identities: a gap appears', (select max(id) > count(*) from tags));

-- An unchanged row is written anew unless WHERE prevents it.
create table item (key text primary key, title text);
insert into item values ('k1', 'one');
select xmin::text as x from item \gset
insert into item values ('k1', 'one') on conflict (key) do update set title = excluded.title where item.title is distinct from excluded.title;
select claim.holds('left alone', (select xmin::text = :'x' from item));
insert into item values ('k1', 'one') on conflict (key) do update set title = excluded.title;
select claim.holds('written anew', (select xmin::text <> :'x' from item));

-- Two rows match one target: the update happens once, with either.
create table target (id int, v int);
create table source (id int, v int);
insert into target values (1, 0);
insert into source values (1, 10), (1, 20);
select claim.holds('one row updated', n('update target t set v = t.v + s.v from source s where s.id = t.id') = 1);
select claim.holds('by one of the two and not by their sum', (select v in (10, 20) from target));
update target set v = 0;
update target t set v = t.v + s.v from (select id, sum(v) v from source group by id) s where s.id = t.id;
select claim.holds('aggregate first', (select v = 30 from target));
