-- w09d2: one wide table allows three anomalies; split by what determines what, it loses no row.
-- Expect: every claim holds; the join of the split tables gives the wide table back exactly.
\ir lib.sql
create table flat (task text, list text, owner_email text, owner_name text, done boolean, primary key (list, task));
insert into flat values
  ('milk', 'shopping', 'ann@example.com', 'Ann', false),
  ('bread', 'shopping', 'ann@example.com', 'Ann', true),
  ('paint', 'house', 'ann@example.com', 'Ann', false),
  ('song', 'band', 'bo@example.com', 'Bo', false);

-- The split: an email determines a name, a list its owner, and a list with a task the rest.
create table u as select distinct owner_email as email, owner_name as name from flat;
create table l as select distinct list, owner_email from flat;
create table t as select list, task, done from flat;
create view again as select t.task, l.list, u.email, u.name, t.done from t join l using (list) join u on u.email = l.owner_email;
select claim.holds('joined again, no row is lost', not exists (select * from flat except all select * from again));
select claim.holds('joined again, no row is added', not exists (select * from again except all select * from flat));

update flat set owner_name = 'Anna' where list = 'shopping';
select claim.holds('an update leaves two names for one address', (select count(distinct owner_name) = 2 from flat where owner_email = 'ann@example.com'));
select claim.holds('a list without a task cannot be stored', claim.state($$insert into flat (list, owner_email, owner_name) values ('garden', 'cy@example.com', 'Cy')$$) = '23502');
delete from flat where task = 'song';
select claim.holds('deleting the last task forgets the owner', not exists (select from flat where owner_name = 'Bo'));
