-- w14d3: what a change of the schema rewrites, and whom it keeps out.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
insert into lists (title) values ('one');
insert into tasks (list_id, title) select 1, 'Task ' || n from generate_series(1, 5000) n;
create table w (id int primary key, v varchar(10));
insert into w select n, 'a' from generate_series(1, 1000) n;

create function rewrites(q text) returns boolean language plpgsql as $$
declare t text := (regexp_match(q, 'alter table (\w+)'))[1]; before oid := pg_relation_filenode(t);
begin
  execute q;
  return before <> pg_relation_filenode(t);
end $$;
select claim.holds('no rewrite: ' || q, not rewrites(q)) from (values
  ('alter table w add a text'), ('alter table w add b int not null default 2'), ('alter table w add c timestamptz default now()'),
  ('alter table w alter v type varchar(20)'), ('alter table w alter v type text'), ('alter table w rename v to u'),
  ('alter table w add check (b > 0)'), ('alter table w alter b set not null')) v (q);
select claim.holds('rewrite: ' || q, rewrites(q)) from (values
  ('alter table w add d uuid default gen_random_uuid()'), ('alter table w add e float default random()'), ('alter table w alter id type bigint')) v (q);

select claim.open('a'), claim.open('b') \g /dev/null
select claim.sql('b', 'set lock_timeout = ''100ms''') \g /dev/null
select claim.sql('a', 'begin'), claim.sql('a', 'create index on tasks (title)') \g /dev/null
select claim.holds('while an index is built, others read', claim.ask('b', 'select min(title) from tasks') is not null);
select claim.holds('and cannot write', claim.sql('b', 'update tasks set title = ''x'' where id = 1') = '55P03');
select claim.sql('a', 'rollback') \g /dev/null

alter table tasks add position bigint;
update tasks set position = id;
alter table tasks add constraint position_there check (position is not null) not valid;
select claim.holds('a check that is not valid binds new rows', claim.state($$insert into tasks (list_id, title) values (1, 'x')$$) = '23514');
select claim.sql('a', 'begin'), claim.sql('a', 'alter table tasks validate constraint position_there') \g /dev/null
select claim.holds('while it is validated, others write', claim.sql('b', 'update tasks set title = ''x'' where id = 1') = '00000');
select claim.sql('a', 'commit') \g /dev/null
alter table tasks alter position set not null;

select claim.holds('a concurrent unique build fails on duplicates', claim.sql('a', 'create unique index concurrently twins on tasks (list_id)') = '23505');
select claim.holds('and leaves an invalid index', (select not indisvalid from pg_index where indexrelid = 'twins'::regclass));
