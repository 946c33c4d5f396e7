-- w15d1: glued text becomes SQL; a parameter does not, but sorts nothing and keeps its wildcards.
-- Expect: every claim holds.
\ir lib.sql
\ir schema.sql
insert into users (email, name) values ('secret@example.com', 'S');
insert into lists (title) values ('mine'), ('theirs');
insert into tasks (list_id, title) values (1, 'b'), (1, 'a'), (2, 'hidden');

create function glued(word text) returns setof text language plpgsql as $$
begin
  return query execute 'select title from tasks where list_id = 1 and title like ''%' || word || '%''';
end $$;
select claim.holds('glued: tasks of all lists', 'hidden' in (select glued('x%'' or true --')));
select claim.holds('glued: addresses', 'secret@example.com' in (select glued('x%'' union all select email from users --')));

prepare search (text) as select title from tasks where list_id = 1 and title like '%' || $1 || '%';
prepare sorted (text) as select title from tasks where list_id = 1 order by $1;
create function param(word text) returns bigint language sql as $$ select count(*) from tasks where list_id = 1 and title like '%' || word || '%' $$;
select claim.holds('as a parameter: no row', param('x%'' or true --') = 0);
select claim.holds('but % is still a wildcard', param('%') = 2);
create function sorted(by text) returns text[] language plpgsql as $$
declare r text[];
begin
  execute 'select array_agg(title) from (select title from tasks where list_id = 1 order by $1) t' into r using by;
  return r;
end $$;
select claim.holds('order by a parameter sorts nothing', sorted('title') = array['b', 'a']);
