-- w11d2: each index makes writing dearer: more pages and more log; an update of an unindexed column can stay in its page.
-- Expect: every claim holds.
\ir lib.sql
create table none (id bigint, a int, b int, c int, d text) with (fillfactor = 90);
create table four (like none) with (fillfactor = 90);
create index on four (a); create index on four (b); create index on four (c); create index on four (id);
select claim.wal($$insert into none select n, (n * 7919) % 100003, (n * 104729) % 100003, (n * 1299709) % 100003, repeat('x', 40) from generate_series(1::bigint, 100000) n$$) as without,
       claim.wal($$insert into four select n, (n * 7919) % 100003, (n * 104729) % 100003, (n * 1299709) % 100003, repeat('x', 40) from generate_series(1::bigint, 100000) n$$) as with \gset
\echo WAL of 100,000 inserts without indexes :without bytes, with four :with
select claim.holds('four indexes: at least twice the log', :with >= 2 * :without);
vacuum analyze none; vacuum analyze four;
update four set d = repeat('y', 40) where id % 50 = 0;
select pg_stat_force_next_flush() \g /dev/null
select n_tup_upd as upd, n_tup_hot_upd as hot from pg_stat_user_tables where relname = 'four' \gset
\echo updates of an unindexed column :upd, of these within the page :hot
select claim.holds('an update of an unindexed column is mostly HOT', :hot > 0.9 * :upd);
update four set a = a + 1 where id % 50 = 1;
select pg_stat_force_next_flush() \g /dev/null
select n_tup_upd - :upd as upd2, n_tup_hot_upd - :hot as hot2 from pg_stat_user_tables where relname = 'four' \gset
\echo updates of an indexed column :upd2, within the page :hot2
select claim.holds('of an indexed column never', :upd2 > 0 and :hot2 = 0);
