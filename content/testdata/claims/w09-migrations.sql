-- w09d5, w09d6: DDL rolls back; some statements refuse a transaction; what adding a column costs.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
insert into lists (title) select 'List ' || n from generate_series(1, 100) n;
insert into tasks (list_id, title) select 1 + n % 100, 'Task ' || n from generate_series(1, 10000) n;

begin;
create table gone (id int);
alter table tasks add column gone int;
rollback;
select claim.holds('a table made in a transaction rolls back', to_regclass('gone') is null);
select claim.holds('so does a column', not exists (select from pg_attribute where attrelid = 'tasks'::regclass and attname = 'gone' and not attisdropped));

select claim.open('a');
create index concurrently tasks_due on tasks (due_on);
select claim.holds('create index concurrently works alone', (select indisvalid from pg_index where indexrelid = 'tasks_due'::regclass));
select claim.sql('a', 'begin') \g /dev/null
select claim.holds('and not inside a transaction: 25001', claim.sql('a', 'create index concurrently tasks_due2 on tasks (due_on)') = '25001');
select claim.sql('a', 'rollback') \g /dev/null

-- A second migrator waits for the first one's advisory lock.
select claim.open('b');
select claim.sql('a', 'begin') \g /dev/null
select claim.holds('the first takes the lock', claim.sql('a', 'do $$begin perform pg_advisory_xact_lock(7); end$$') = '00000');
select claim.start('b', 'do $$begin perform pg_advisory_xact_lock(7); end$$') \g /dev/null
select claim.holds('the second waits', claim.waits('b'));
select claim.sql('a', 'commit') \g /dev/null
select claim.holds('and goes on when the first commits', claim.finish('b') = '00000');

-- Adding columns.
select pg_relation_filenode('tasks') as before \gset
alter table tasks add column stars smallint not null default 2;
select claim.holds('a constant default rewrites nothing', pg_relation_filenode('tasks') = :before);
select claim.holds('yet all rows have it', (select bool_and(stars = 2) from tasks));
alter table tasks add column token uuid not null default gen_random_uuid();
select claim.holds('a volatile default rewrites the table', pg_relation_filenode('tasks') <> :before);
select claim.holds('not null without a default fails on a filled table: 23502', claim.state('alter table tasks add column x int not null') = '23502');
select claim.holds('a check fails if a row breaks it: 23514', claim.state('alter table tasks add constraint c check (stars > 2)') = '23514');

-- ALTER TABLE ... ADD COLUMN takes the strongest lock, even when it is quick.
select claim.sql('a', 'begin') \g /dev/null
select claim.sql('a', 'alter table tasks add column quick int') \g /dev/null
select claim.holds('access exclusive', exists (select from pg_locks where relation = 'tasks'::regclass and mode = 'AccessExclusiveLock' and granted));
select claim.start('b', 'do $$begin perform 1 from tasks limit 1; end$$') \g /dev/null
select claim.holds('even a plain select waits', claim.waits('b'));
select claim.sql('a', 'rollback') \g /dev/null
select claim.holds('until it ends', claim.finish('b') = '00000');
