-- w12d1: read, think, write loses an update under Read Committed; four mends.
-- Expect: 1 instead of 2 without a mend; 2, or a conflict that is noticed, with each.
\ir lib.sql
create table counter (id int primary key, n int, version int not null default 1);
insert into counter values (1, 0);
select claim.open('a'), claim.open('b') \g /dev/null

-- Both read 0, both write 1.
select claim.sql('a', 'begin'), claim.sql('b', 'begin') \g /dev/null
select claim.ask('a', 'select n from counter') as a, claim.ask('b', 'select n from counter') as b \gset
select claim.holds('a writes', claim.sql('a', format('update counter set n = %s + 1', :a)) = '00000');
select claim.start('b', format('update counter set n = %s + 1', :b)) \g /dev/null
select claim.holds('b waits for a''s row', claim.waits('b'));
select claim.sql('a', 'commit') \g /dev/null
select claim.holds('b goes on without an error', claim.finish('b') = '00000');
select claim.sql('b', 'commit') \g /dev/null
select claim.holds('one update is lost', (select n = 1 from counter));

-- One statement.
update counter set n = 0;
select claim.sql('a', 'begin'), claim.sql('b', 'begin') \g /dev/null
select claim.sql('a', 'update counter set n = n + 1') \g /dev/null
select claim.start('b', 'update counter set n = n + 1') \g /dev/null
select claim.holds('b waits', claim.waits('b'));
select claim.sql('a', 'commit') \g /dev/null
select claim.holds('and then reads the new n', claim.finish('b') = '00000');
select claim.sql('b', 'commit') \g /dev/null
select claim.holds('n = n + 1 loses nothing', (select n = 2 from counter));

-- FOR UPDATE.
update counter set n = 0;
select claim.sql('a', 'begin'), claim.sql('b', 'begin') \g /dev/null
select claim.ask('a', 'select n from counter for update') as a \gset
select claim.start('b', 'do $$begin perform n from counter for update; end$$') \g /dev/null
select claim.holds('the second reader waits', claim.waits('b'));
select claim.sql('a', format('update counter set n = %s + 1', :a)), claim.sql('a', 'commit') \g /dev/null
select claim.finish('b') \g /dev/null
select claim.ask('b', 'select n from counter for update') as b \gset
select claim.holds('and reads what the first wrote', :b = 1);
select claim.sql('b', format('update counter set n = %s + 1', :b)), claim.sql('b', 'commit') \g /dev/null
select claim.holds('for update loses nothing', (select n = 2 from counter));

-- A version column: the second update finds no row.
update counter set n = 0, version = 1;
create function changed(q text) returns bigint language plpgsql as $$ declare r bigint; begin execute q; get diagnostics r = row_count; return r; end $$;
select claim.holds('first', changed('update counter set n = 1, version = version + 1 where id = 1 and version = 1') = 1);
select claim.holds('the second is told: no row', changed('update counter set n = 1, version = version + 1 where id = 1 and version = 1') = 0);

-- Repeatable Read: the second is refused.
update counter set n = 0;
select claim.sql('a', 'begin isolation level repeatable read'), claim.sql('b', 'begin isolation level repeatable read') \g /dev/null
select claim.ask('a', 'select n from counter'), claim.ask('b', 'select n from counter') \g /dev/null
select claim.sql('a', 'update counter set n = 1') \g /dev/null
select claim.start('b', 'update counter set n = 1') \g /dev/null
select claim.holds('b waits here too', claim.waits('b'));
select claim.sql('a', 'commit') \g /dev/null
select claim.holds('and gets 40001', claim.finish('b') = '40001');
select claim.sql('b', 'rollback') \g /dev/null
