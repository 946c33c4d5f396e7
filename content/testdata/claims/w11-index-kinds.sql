-- w11d4: partial, covering, hash, GiST, BRIN: what each serves, and what it refuses.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
\set tasks 40000
\ir seed.sql
set max_parallel_workers_per_gather = 0;
create extension btree_gist;

-- Partial.
create index due_all on tasks (due_on);
create index due_open on tasks (due_on) where done_at is null;
analyze tasks;
select pg_relation_size('due_all') as all, pg_relation_size('due_open') as open \gset
\echo size of the full index :all, of the partial one :open
select claim.holds('the partial index is at least four times smaller', :all >= 4 * :open);
select claim.holds('the query that names its condition uses it', claim.has(claim.plan($$select * from tasks where done_at is null and due_on < '2024-02-01'$$), 'Index Scan', 'due_open')
  or claim.has(claim.plan($$select * from tasks where done_at is null and due_on < '2024-02-01'$$), 'Bitmap Index Scan', 'due_open'));
drop index due_all;
select claim.holds('one that does not name it cannot', claim.has(claim.plan($$select * from tasks where due_on < '2024-02-01'$$), 'Seq Scan'));
-- A condition in a parameter cannot be proved when the plan is made once for all values.
create index low on tasks (list_id, due_on) where priority = 1;
set plan_cache_mode = force_generic_plan;
prepare by_priority (int) as select * from tasks where list_id = 1 and priority = $1 and due_on < '2024-02-01';
create function explained(q text) returns text language plpgsql as $$ declare r text; l text; begin r := ''; for l in execute 'explain ' || q loop r := r || l || E'\n'; end loop; return r; end $$;
select claim.holds('a generic plan cannot use a partial index for $1', explained('execute by_priority(1)') not like '%low%');
reset plan_cache_mode;

-- Covering.
create index user_at on events (user_id, at) include (kind);
vacuum (freeze) events; -- freeze: wait for a page in use rather than pass it by
select claim.plan($$select at, kind from events where user_id = 7$$, true) as p \gset
select claim.holds('an index-only scan', claim.has(:'p'::jsonb, 'Index Only Scan', 'user_at'));
select claim.holds('with no visit to the table after VACUUM', (:'p'::jsonb ->> 'Heap Fetches')::int = 0);
update events set kind = 'renamed' where user_id = 7;
select claim.plan($$select at, kind from events where user_id = 7$$, true) as p \gset
select claim.holds('after an update it visits the table again', exists (select from claim.nodes(:'p'::jsonb) where (node ->> 'Heap Fetches')::int > 0 or node ->> 'Node Type' = 'Bitmap Heap Scan'));
vacuum (freeze) events;
select claim.plan($$select at, kind from events where user_id = 7$$, true) as p \gset
select claim.holds('until VACUUM', (:'p'::jsonb ->> 'Heap Fetches')::int = 0);
select claim.holds('one more column and it is an index-only scan no longer', not claim.has(claim.plan('select at, kind, task_id from events where user_id = 7'), 'Index Only Scan'));

-- Hash.
create table page (url text);
insert into page select 'https://example.com/' || repeat(md5(n::text), 6) from generate_series(1, 50000) n;
create index page_btree on page (url);
create index page_hash on page using hash (url);
select pg_relation_size('page_btree') as btree, pg_relation_size('page_hash') as hash \gset
\echo 50,000 addresses of 212 characters: B-tree :btree, hash :hash
select claim.holds('on long keys a hash index is much smaller', :btree >= 3 * :hash);
drop index page_btree;
analyze page;
select claim.holds('it serves equality', (select claim.has(p, 'Index Scan', 'page_hash') or claim.has(p, 'Bitmap Index Scan', 'page_hash') from claim.plan($$select * from page where url = 'x'$$) p));
select claim.holds('no range', claim.has(claim.plan($$select * from page where url < 'https://example.com/0'$$), 'Seq Scan'));
select claim.holds('no order', claim.has(claim.plan('select * from page order by url limit 1'), 'Sort'));
select claim.holds('not unique: 0A000', claim.state('create unique index on page using hash (url)') = '0A000');
select claim.holds('no second column: 0A000', claim.state('create index on events using hash (user_id, task_id)') = '0A000');

-- GiST: ranges that overlap.
create table focus (user_id bigint, during tstzrange not null, exclude using gist (user_id with =, during with &&));
insert into focus select n % 100, tstzrange(timestamptz '2025-01-01 00:00Z' + n * interval '1 hour', timestamptz '2025-01-01 00:00Z' + n * interval '1 hour' + interval '30 minutes') from generate_series(1, 20000) n;
analyze focus;
select claim.holds('an overlapping block of the same user: 23P01', claim.state($$insert into focus values (1, '[2025-01-01 01:10Z, 2025-01-01 01:20Z)')$$) = '23P01');
select claim.holds('of another user it is fine', claim.state($$insert into focus values (2, '[2025-01-01 01:10Z, 2025-01-01 01:20Z)')$$) = '00000');
select claim.holds('back to back is no overlap: the end is open', claim.state($$insert into focus values (1, '[2025-01-01 01:30Z, 2025-01-01 02:00Z)')$$) = '00000');
create index focus_gist on focus using gist (during);
create table focus2 as table focus;
create index focus_btree on focus2 (during);
analyze focus, focus2;
select claim.holds('overlap uses GiST', (select claim.has(p, 'Index Scan', 'focus_gist') or claim.has(p, 'Bitmap Index Scan', 'focus_gist') from claim.plan($$select * from focus where during && '[2025-02-01 00:10Z, 2025-02-01 00:20Z)'$$) p));
select claim.holds('a B-tree on the same ranges cannot', claim.has(claim.plan($$select * from focus2 where during && '[2025-02-01 00:10Z, 2025-02-01 00:20Z)'$$), 'Seq Scan'));

-- BRIN.
create index events_at_btree on events (at);
create index events_at_brin on events using brin (at);
select pg_relation_size('events_at_btree') as btree, pg_relation_size('events_at_brin') as brin \gset
\echo time of 200,000 events: B-tree :btree, BRIN :brin
select claim.holds('BRIN is at least fifty times smaller', :btree >= 50 * :brin);
