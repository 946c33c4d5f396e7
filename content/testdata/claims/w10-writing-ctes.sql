-- w10d4: DELETE ... RETURNING feeds INSERT in one statement; parts of a statement see the same snapshot.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
\ir tiny.sql
create table archive (id bigint, list_id bigint, title text not null, done_at timestamptz);
with gone as (delete from tasks where done_at is not null returning id) select count(*) as seen from tasks \gset
select claim.holds('the outer query still sees the deleted rows', :seen = 10);
select claim.holds('afterwards they are gone', (select count(*) = 6 from tasks));
with gone as (delete from tasks where id in (6, 7) returning id, list_id, title, done_at) insert into archive select * from gone;
select claim.holds('moved', (select count(*) = 2 from archive) and (select count(*) = 4 from tasks));
alter table archive add check (title <> 'invoice');
select claim.holds('if the insert fails', claim.state('with gone as (delete from tasks where id = 10 returning id, list_id, title, done_at) insert into archive select * from gone') = '23514');
select claim.holds('nothing was deleted', exists (select from tasks where id = 10));
-- A writing CTE runs in full even if nobody reads it.
with unread as (delete from tasks where id = 10) select 1 \g /dev/null
select claim.holds('it ran', not exists (select from tasks where id = 10));
