-- w10d3: ranks with ties, the frame that takes in peers, where a window may stand, first of each group.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
\ir tiny.sql
create table pay (day int, amount int);
insert into pay values (1, 10), (2, 20), (2, 30), (3, 40);
select claim.holds('the default frame takes in all rows of the same day', (select array_agg(s order by day, amount) = '{10,60,60,100}' from (select *, sum(amount) over (order by day) s from pay) x));
select claim.holds('rows stops at the row', (select array_agg(s order by s) = '{10,30,60,100}' from (select sum(amount) over (order by day, amount rows unbounded preceding) s from pay) x));
select claim.holds('last_value is the last of the frame, not of the partition', (select array_agg(s order by day, amount) = '{10,20,30,40}' from (select *, last_value(amount) over (order by day, amount) s from pay) x));
select claim.holds('row_number, rank, dense_rank', (select array_agg(r || ' ' || k || ' ' || d order by r) = '{"1 1 1","2 2 2","3 2 2","4 4 3"}' from (select row_number() over w r, rank() over w k, dense_rank() over w d from pay window w as (order by day)) x));
select claim.holds('a window in where: 42P20', claim.state('select * from pay where row_number() over (order by day) = 1') = '42P20');
select claim.holds('a select alias in where: 42703', claim.state('select amount * 2 as twice from pay where twice > 20') = '42703');
select claim.holds('a select alias in order by', claim.state('select amount * 2 as twice from pay order by twice') = '00000');
select claim.holds('a window sees the grouped rows', (select array_agg(s order by day) = '{10,60,100}' from (select day, sum(sum(amount)) over (order by day) s from pay group by day) x));
select claim.holds('limit comes after the window: numbers count all rows', (select max(n) = 4 from (select count(*) over () n from pay limit 1) x));

-- The two newest open tasks of each list, two ways, and the newest in a third.
create view by_window as select list_id, id from (select *, row_number() over (partition by list_id order by created_at desc, id desc) n from tasks where done_at is null) x where n <= 2;
create view by_lateral as select l.id list_id, t.id from lists l cross join lateral (select id from tasks t where t.list_id = l.id and done_at is null order by created_at desc, id desc limit 2) t;
select claim.holds('window and lateral agree', not exists ((table by_window except table by_lateral) union all (table by_lateral except table by_window)));
select claim.holds('distinct on gives the first', (select array_agg(id order by list_id) = '{4,7,10}' from (select distinct on (list_id) list_id, id from tasks where done_at is null order by list_id, created_at desc, id desc) x));

-- Streaks: Ann finished something on 2, 8, 9 and 10 June: the longest run is 3 days.
select claim.holds('a streak', (
  with days as (select distinct user_id, (at at time zone 'UTC')::date as day from events where kind = 'done'),
       runs as (select user_id, day - row_number() over (partition by user_id order by day)::int as run from days)
  select max(n) = 3 from (select count(*) n from runs where user_id = 1 group by run) x));
