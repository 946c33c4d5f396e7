-- w11d2: correlation decides how many pages an index scan reads; the order of columns; when a scan of all is cheaper.
-- Expect: every claim holds; version 18 can skip within an index (18) and read fewer pages.
\ir lib.sql
\ir schema.sql
\set tasks 100000
\ir seed.sql
set max_parallel_workers_per_gather = 0;
create function pages(q text) returns int language sql as $$ select claim.pages(claim.plan(q, true)) $$;
create function rows(q text) returns int language sql as $$ select (claim.plan(q, true) ->> 'Actual Rows')::int $$;
create index events_at on events (at);
create index events_user on events (user_id);
analyze events;

select claim.holds('at is in the order of the table, user_id is not', (select max(correlation) filter (where attname = 'at') > 0.99 and abs(max(correlation) filter (where attname = 'user_id')) < 0.1 from pg_stats where tablename = 'events'));
select rows('select * from events where user_id = 1') as by_user_rows, pages('select * from events where user_id = 1') as by_user_pages,
       rows($$select * from events where at >= '2025-12-08'$$) as by_at_rows, pages($$select * from events where at >= '2025-12-08'$$) as by_at_pages \gset
\echo rows and pages by user :by_user_rows :by_user_pages, by time :by_at_rows :by_at_pages
select claim.holds('as many rows by time', :by_at_rows between 0.9 * :by_user_rows and 1.2 * :by_user_rows);
select claim.holds('read at least ten times fewer pages', 10 * :by_at_pages <= :by_user_pages);
select claim.holds('scattered rows are fetched by a bitmap', claim.has(claim.plan('select * from events where user_id = 1'), 'Bitmap Heap Scan'));
select claim.holds('most of the table: a sequential scan', claim.has(claim.plan($$select * from events where at >= '2024-02-01'$$), 'Seq Scan'));
select claim.holds('most of the table by user: too', claim.has(claim.plan('select * from events where user_id <= 950'), 'Seq Scan'));
set enable_seqscan = off;
select claim.holds('forced, the index reads more pages than the table has', pages('select * from events where user_id <= 950') > (select relpages from pg_class where oid = 'events'::regclass));
reset enable_seqscan;

-- Two columns.
drop index events_at, events_user;
create index user_at on events (user_id, at);
\set q '$$select count(*) from events where user_id = 1 and at >= \'2025-11-01\'$$'
select claim.holds('equality first is used', claim.has(claim.plan(:q), 'Index Only Scan', 'user_at'));
select pages(:q) as good \gset
select claim.holds('one user by time needs no sort', (select claim.has(p, 'Index Scan', 'user_at') and not claim.has(p, 'Sort') from claim.plan('select * from events where user_id = 7 order by at desc limit 20') p));
select claim.holds('its first column alone is served', claim.has(claim.plan('select * from events where user_id = 7'), 'Bitmap Index Scan', 'user_at'));
select current_setting('server_version_num')::int < 180000 as old \gset
\if :old
select claim.holds('its second alone is not', claim.has(claim.plan($$select * from events where at >= '2025-12-31'$$), 'Seq Scan'));
\endif
drop index user_at;
create index at_user on events (at, user_id);
select claim.holds('the range first is used as well', claim.has(claim.plan(:q), 'Index Only Scan', 'at_user'));
select pages(:q) as bad \gset
\echo pages with equality first :good, range first :bad
select claim.holds('but reads at least ten times as much of the index', :bad >= 10 * :good);

-- An index made for uniqueness serves its first column.
select claim.holds('unique (list_id, id) finds a list', claim.has(claim.plan('select * from tasks where list_id = 2000'), 'Bitmap Index Scan', 'tasks_list_id_id_key'));
