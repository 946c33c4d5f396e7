-- w12d2: under Read Committed, an UPDATE or DELETE that waited looks again at that row only.
-- Expect: hits 9 and 10 both raised by one; the DELETE of hits = 10 that waited deletes nothing,
-- although a row with 10 existed before and after.
\ir lib.sql
create table site (id int primary key, hits int);
insert into site values (1, 9), (2, 10);
select claim.open('a'), claim.open('b') \g /dev/null
select claim.sql('a', 'begin'), claim.sql('a', 'update site set hits = hits + 1') \g /dev/null
select claim.start('b', 'delete from site where hits = 10') \g /dev/null
select claim.holds('the delete waits', claim.waits('b'));
select claim.sql('a', 'commit') \g /dev/null
select claim.holds('goes on without an error', claim.finish('b') = '00000');
select claim.holds('and has deleted nothing', (select array_agg(hits order by id) = '{10,11}' from site));
