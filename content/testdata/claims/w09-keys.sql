-- w09d4: random UUIDs as a primary key make a larger index, and more log, than identities.
-- Expect: the UUID index is at least 1.5 times as large; loading it writes more WAL.
\ir lib.sql
create table by_number (id bigint generated always as identity primary key, title text);
create table by_uuid (id uuid default gen_random_uuid() primary key, title text);
select claim.wal($$insert into by_number (title) select 'Task ' || n from generate_series(1, 250000) n$$) as number,
       claim.wal($$insert into by_uuid (title) select 'Task ' || n from generate_series(1, 250000) n$$) as uuid \gset
select pg_relation_size('by_number_pkey') as number_size, pg_relation_size('by_uuid_pkey') as uuid_size \gset
\echo bytes of the index and of WAL: identities :number_size :number, UUIDs :uuid_size :uuid
select claim.holds('the UUID index is at least 1.5 times as large', :uuid_size >= 1.5 * :number_size);
select claim.holds('and its load writes more WAL', :uuid > :number);
