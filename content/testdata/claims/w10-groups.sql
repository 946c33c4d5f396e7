-- w10d2: counts of nothing, days in two time zones, weeks in which nothing happened.
-- Expect: every claim holds on the small data.
\ir lib.sql
\ir schema.sql
\ir tiny.sql
select claim.holds('count(*) after a left join counts 1 for a list without tasks', (select count(*) = 1 from lists l left join tasks t on t.list_id = l.id where l.id = 4));
select claim.holds('count(t.id) counts 0', (select count(t.id) = 0 from lists l left join tasks t on t.list_id = l.id where l.id = 4));
select claim.holds('filter', (select count(*) filter (where done_at is null) = 6 and count(*) filter (where done_at is null and due_on < date '2025-06-18') = 4 and count(done_at) = 4 from tasks));
select claim.holds('a filtered sum over nothing is null', (select sum(priority) filter (where false) is null from tasks));
select claim.holds('avg leaves nulls out', (select avg(x) = 2 from unnest(array[1, null, 3]) x));
select claim.holds('group by a primary key allows its other columns', claim.state('select l.id, l.title, count(t.id) from lists l left join tasks t on t.list_id = l.id group by l.id') = '00000');
select claim.holds('but not a column of another table: 42803', claim.state('select l.id, t.title from lists l join tasks t on t.list_id = l.id group by l.id') = '42803');
select claim.holds('where cannot hold an aggregate: 42803', claim.state('select list_id from tasks where count(*) > 2 group by list_id') = '42803');
select claim.holds('having can', (select array_agg(list_id order by list_id) = '{1,2}' from (select list_id from tasks group by list_id having count(*) > 2) x));
select claim.holds('median', (select percentile_cont(0.5) within group (order by n) = 2.5 from unnest(array[1, 2, 3, 10]) n));
select claim.holds('percentile_disc takes a value that is there', (select percentile_disc(0.5) within group (order by n) = 2 from unnest(array[1, 2, 3, 10]) n));

-- strings was done at 23:30 UTC on 9 June, which is 10 June in Berlin.
set timezone = 'UTC';
select claim.holds('UTC: one on the 10th', (select count(*) = 1 from tasks where date_trunc('day', done_at) = '2025-06-10'));
set timezone = 'Europe/Berlin';
select claim.holds('Berlin: two', (select count(*) = 2 from tasks where date_trunc('day', done_at) = '2025-06-10'));
select claim.holds('said outright, in any session', (select count(*) = 1 from tasks where (done_at at time zone 'UTC')::date = '2025-06-10'));
set timezone = 'UTC';

-- Weeks begin on Monday: 2 June has 1, 9 June 2, 16 June 0; 8 June is a Sunday and belongs to the first.
select claim.holds('zero weeks stay', (
  select array_agg(n order by week) = '{2,2,0}' from (
    select w::date as week, count(t.id) as n
    from generate_series(timestamptz '2025-06-02', timestamptz '2025-06-16', interval '1 week') w
    left join tasks t on t.done_at >= w and t.done_at < w + interval '1 week'
    group by w) x));
select claim.holds('without the series the third is missing', (select count(distinct date_trunc('week', done_at)) = 2 from tasks where done_at is not null));
