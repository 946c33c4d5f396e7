-- w09d4: numbers, time, text and null behave as the tasks say.
-- Expect: every claim holds.
\ir lib.sql
select claim.holds('binary floats miss 0.3', 0.1::float8 + 0.2::float8 <> 0.3::float8);
select claim.holds('numeric does not', 0.1 + 0.2 = 0.3);
select claim.holds('ten thousand times 0.1 as float is not 1000', (select sum(0.1::float8) <> 1000 from generate_series(1, 10000)));

create table w (tz timestamptz, ts timestamp);
set timezone = 'Europe/Berlin';
insert into w values ('2025-07-01 12:00', '2025-07-01 12:00');
set timezone = 'America/New_York';
select claim.holds('timestamptz is one moment, shown in the session''s zone', (select tz::text = '2025-07-01 06:00:00-04' from w));
select claim.holds('timestamp is a clock face that means another moment here', (select ts::text = '2025-07-01 12:00:00' and ts::timestamptz <> tz from w));
set timezone = 'UTC';
select claim.holds('both take eight bytes', pg_column_size(now()) = 8 and pg_column_size(now()::timestamp) = 8);
select claim.holds('timestamptz keeps no zone: the offset only finds the moment', timestamptz '2025-07-01 12:00+02' = timestamptz '2025-07-01 10:00+00');
set timezone = 'Pacific/Auckland';
select claim.holds('one moment lies on two dates', timestamptz '2025-07-01 20:00Z'::date = date '2025-07-02');
set timezone = 'UTC';
select claim.holds('and here on the other', timestamptz '2025-07-01 20:00Z'::date = date '2025-07-01');

select claim.holds('null = null is null', (null = null) is null);
select claim.holds('is not distinct from', null is not distinct from null);
select claim.holds('not in with a null finds nothing', not exists (select from generate_series(1, 3) n where n not in (select unnest(array[1, null]))));
select claim.holds('not exists finds the two', (select count(*) = 2 from generate_series(1, 3) n where not exists (select from unnest(array[1, null]) x where x = n)));
select claim.holds('count(column) leaves nulls out', (select count(*) = 3 and count(x) = 2 from unnest(array[1, null, 3]) x));
select claim.holds('a sum over nothing is null', (select sum(x) is null and count(x) = 0 from unnest(array[]::int[]) x));
select claim.holds('where not (x = 1) leaves nulls out too', (select count(*) = 1 from unnest(array[1, null, 3]) x where not (x = 1)));
select claim.holds('char(n) ignores trailing spaces', 'a '::char(3) = 'a'::char(3));
select claim.holds('text does not', 'a '::text <> 'a'::text);
