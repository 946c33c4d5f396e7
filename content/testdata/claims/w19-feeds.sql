-- w19d1: a page of a feed by pull touches more than forty times the buffers of one by push.
-- Expect: between 40 and 70 times.
\ir lib.sql
create table post (id bigint primary key, author_id bigint not null, caption text not null);
insert into post select n, 1 + (random() * 19999)::int, repeat('x', 120) from generate_series(1, 1000000) n;
create index on post (author_id, id desc);
create table follow (follower bigint, followee bigint, primary key (follower, followee));
insert into follow select 1 + n / 200, 1 + (n * 101) % 20000 from generate_series(0, 199999) n;
create table feed (owner bigint, post_id bigint, primary key (owner, post_id));
insert into feed select 1 + n / 800, n * 7919::bigint % 1000000 + 1 from generate_series(0, 799999) n;
vacuum analyze post, follow, feed;
\set pull '$$select p.* from follow f cross join lateral (select * from post where author_id = f.followee order by id desc limit 20) p where f.follower = 5 order by p.id desc limit 20$$'
\set push '$$select p.* from (select post_id from feed where owner = 5 order by post_id desc limit 20) e join post p on p.id = e.post_id order by p.id desc$$'
select claim.pages(claim.plan(:pull, true)) as pull, claim.pages(claim.plan(:push, true)) as push \gset
\echo pages by pull :pull, by push :push
select claim.holds('pull touches 40 to 70 times the buffers', :pull::numeric / :push between 40 and 70);
