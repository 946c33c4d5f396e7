-- w18d5: a row of two bigints and a time takes about 52 bytes, and 115 to 150 with two indexes on two columns.
-- Expect: every claim holds.
\ir lib.sql
\set rows 250000
create table likes (post_id bigint, user_id bigint, created_at timestamptz not null default now(), primary key (post_id, user_id));
create index on likes (user_id, created_at);
insert into likes select (random() * 50000)::bigint, n from generate_series(1, :rows) n;
create table follow (follower bigint, followee bigint, created_at timestamptz not null default now(), primary key (follower, followee));
create index on follow (followee, follower);
insert into follow select n % 5000, n::bigint * 7919 % 100000007 from generate_series(1, :rows) n;
vacuum analyze likes, follow;
create view size as
select t as name, pg_relation_size(t::regclass)::numeric / :rows as bare, pg_total_relation_size(t::regclass)::numeric / :rows as indexed
from unnest(array['likes', 'follow']) t;
select name, round(bare, 1), round(indexed, 1) from size;
select claim.holds(name || ' takes 52 bytes a row', bare between 51 and 54),
       claim.holds(name || ' takes 115 to 150 with its indexes', indexed between 115 and 150)
from size;
