-- w11d5: which join when; sorts and hashes that spill; OFFSET against a key.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
\set tasks 40000
\ir seed.sql
set max_parallel_workers_per_gather = 0;

\set all '$$select t.title, e.kind from events e join tasks t on t.id = e.task_id$$'
\set few '$$select t.title, e.kind from events e join tasks t on t.id = e.task_id where e.id between 100 and 120$$'
select claim.holds('all events: a hash join', claim.has(claim.plan(:all), 'Hash Join'));
select claim.holds('twenty: a nested loop', claim.has(claim.plan(:few), 'Nested Loop'));
select claim.pages(claim.plan(:all, true)) as hash \gset
set enable_hashjoin = off;
set enable_mergejoin = off;
select claim.pages(claim.plan(:all, true)) as loop \gset
\echo pages for all events: hash join :hash, nested loop :loop
select claim.holds('all by nested loop: at least fifty times the pages', :loop >= 50 * :hash);
set enable_mergejoin = on;
set enable_nestloop = off;
select claim.holds('a merge join sorts what has no order', (select claim.has(p, 'Merge Join') and claim.has(p, 'Sort') from claim.plan(:all) p));
reset enable_nestloop; reset enable_hashjoin;

-- Spills.
set work_mem = '4MB';
select claim.plan('select * from events order by task_id, kind', true) as p \gset
select claim.holds('a sort of 200,000 rows does not fit 4 MB', :'p'::jsonb ->> 'Sort Method' = 'external merge' and :'p'::jsonb ->> 'Sort Space Type' = 'Disk');
set work_mem = '64MB';
select claim.plan('select * from events order by task_id, kind', true) as p \gset
select claim.holds('64 MB do', :'p'::jsonb ->> 'Sort Method' = 'quicksort' and :'p'::jsonb ->> 'Sort Space Type' = 'Memory');
select claim.holds('with LIMIT it keeps only the top', (claim.plan('select * from events order by task_id, kind limit 10', true) -> 'Plans' -> 0 ->> 'Sort Method') = 'top-N heapsort');
set work_mem = '256kB';
select claim.holds('a hash that does not fit works in batches', exists (select from claim.nodes(claim.plan(:all, true)) where (node ->> 'Hash Batches')::int > 1));
set work_mem = '64MB';
select claim.holds('one batch with enough', exists (select from claim.nodes(claim.plan(:all, true)) where (node ->> 'Hash Batches')::int = 1));
reset work_mem;

-- Pages of a listing.
create index events_page on events (at, id);
vacuum analyze events;
select claim.pages(claim.plan('select * from events order by at, id limit 50', true)) as first,
  claim.pages(claim.plan('select * from events order by at, id limit 50 offset 100000', true)) as far \gset
select at as key_at, id as key_id from events order by at, id limit 1 offset 99999 \gset
select format('select * from events where (at, id) > (%L, %s) order by at, id limit 50', :'key_at', :'key_id') as next \gset
select claim.pages(claim.plan(:'next', true)) as keyed \gset
\echo pages of rows 1 to 50 :first, offset 100,000 :far, the same rows by key :keyed
select claim.holds('offset reads all it skips', :far >= 100 * :first);
select claim.holds('a key goes straight there', :keyed <= 3 * :first);
select claim.holds('and gives the same rows', not exists ((select id from events order by at, id limit 50 offset 100000) except (select id from events where (at, id) > (:'key_at', :key_id) order by at, id limit 50)));
select claim.holds('the row comparison is an index condition', exists (select from claim.nodes(claim.plan(:'next')) where node ->> 'Index Cond' like '%ROW(at, id)%'));
