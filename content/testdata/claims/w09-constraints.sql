-- w09d3: what each constraint refuses, and what it lets through although one would not expect it.
-- Expect: 23502, 23503, 23505 and 23514 for wrong rows; nulls pass CHECK, UNIQUE and a foreign key of two columns.
\ir lib.sql
\ir schema.sql
insert into users (email, name) values ('ann@example.com', 'Ann'), ('bo@example.com', 'Bo');
insert into lists (title) values ('home'), ('work');
insert into memberships values (1, 1, 'owner', true), (2, 1, 'owner', false);
insert into tasks (list_id, title) values (1, 'paint'), (2, 'report');

select claim.holds('a missing title: 23502', claim.state('insert into tasks (list_id) values (1)') = '23502');
select claim.holds('a list that does not exist: 23503', claim.state($$insert into tasks (list_id, title) values (99, 'x')$$) = '23503');
select claim.holds('the same address in capitals: 23505', claim.state($$insert into users (email, name) values ('ANN@example.com', 'A')$$) = '23505');
select claim.holds('a second inbox: 23505', claim.state('update memberships set inbox = true where list_id = 2') = '23505');
select claim.holds('an unknown role: 23514', claim.state($$insert into memberships values (2, 2, 'boss')$$) = '23514');
select claim.holds('a priority of 4: 23514', claim.state($$insert into tasks (list_id, title, priority) values (1, 'x', 4)$$) = '23514');
select claim.holds('a parent in another list: 23503', claim.state($$insert into tasks (list_id, title, parent_id) values (2, 'x', 1)$$) = '23503');
select claim.holds('a task as its own parent: 23514', claim.state('update tasks set parent_id = id where id = 1') = '23514');
select claim.holds('a user with memberships cannot be deleted: 23503', claim.state('delete from users where id = 1') = '23503');

-- Nulls.
create table p (a int check (a > 0), b int unique, c int references p (b));
select claim.holds('a null passes CHECK', claim.state('insert into p (a) values (null)') = '00000');
select claim.holds('several nulls pass UNIQUE', claim.state('insert into p (b) values (null), (null)') = '00000');
create table strict (b int unique nulls not distinct);
select claim.holds('nulls not distinct refuses the second null (15 and newer)', claim.state('insert into strict values (null), (null)') = '23505');
create table two (x int, y int, unique (x, y));
create table ref (x int, y int, foreign key (x, y) references two (x, y));
select claim.holds('a foreign key of two columns is not checked when one is null', claim.state('insert into ref values (42, null)') = '00000');

-- Who gets an index.
select claim.holds('primary key and unique have an index', (select count(*) = 2 from pg_index where indrelid = 'tasks'::regclass));
select claim.holds('events.task_id and events.user_id have none', (select count(*) = 1 from pg_index where indrelid = 'events'::regclass));

-- Cycles of two are not refused.
insert into tasks (list_id, title, parent_id) values (1, 'child', 1);
select claim.holds('a cycle of two tasks passes', claim.state($$update tasks set parent_id = (select id from tasks where title = 'child') where id = 1$$) = '00000');
-- Deleting a list takes its tasks along.
delete from lists where id = 1;
select claim.holds('cascade', not exists (select from tasks where list_id = 1));
