-- What the scripts share: each reads this first, in an empty database of its own.
\set QUIET on
\set ON_ERROR_STOP on
set statement_timeout = '2min';
set client_min_messages = warning;
set timezone = 'UTC';
set synchronous_commit = on; -- or VACUUM would not count rows just committed as visible to all
create extension dblink;
create schema claim;

-- holds fails the script unless a claim is true.
create function claim.holds(what text, ok boolean) returns void language plpgsql as $$
begin
  if ok is not true then raise exception 'does not hold: %', what; end if;
  raise log 'holds: %', what;
end $$;

-- state runs a statement and returns its SQLSTATE, 00000 for success.
create function claim.state(q text) returns text language plpgsql as $$
begin
  execute q;
  return '00000';
exception when query_canceled or others then return sqlstate;
end $$;

-- plan returns the plan of a query; with run, as executed.
create function claim.plan(q text, run boolean default false) returns jsonb language plpgsql as $$
declare p jsonb;
begin
  execute format('explain (format json, costs%s) %s', case when run then ', analyze, buffers, timing off' else '' end, q) into p;
  return p -> 0 -> 'Plan';
end $$;

-- pages returns how many pages an executed plan touched, cached or not.
create function claim.pages(p jsonb) returns int language sql as $$
  select (p ->> 'Shared Hit Blocks')::int + (p ->> 'Shared Read Blocks')::int
$$;

-- wal executes a statement and returns how many bytes of log it wrote.
create function claim.wal(q text) returns bigint language plpgsql as $$
declare p jsonb;
begin
  execute 'explain (analyze, wal, format json) ' || q into p;
  return p -> 0 -> 'Plan' ->> 'WAL Bytes';
end $$;

-- nodes lists the nodes of a plan, outermost first.
create function claim.nodes(p jsonb) returns table (node jsonb) language sql as $$
  with recursive n(node, depth) as (
    select p, 0
    union all
    select c, depth + 1 from n, jsonb_array_elements(coalesce(n.node -> 'Plans', '[]')) c
  ) select node from n order by depth
$$;

-- has tells whether a plan holds a node of a type, on an index if one is given.
create function claim.has(p jsonb, type text, index text default null) returns boolean language sql as $$
  select exists (select from claim.nodes(p) where node ->> 'Node Type' = type
    and (index is null or node ->> 'Index Name' = index))
$$;

-- pids holds the processes of the sessions that open opened.
create table claim.pids (name text primary key, pid int);

-- open opens a second, third ... session by name, on this same database.
create function claim.open(name text) returns void language plpgsql as $$
begin
  perform dblink_connect(name, format('host=%s port=%s dbname=%s user=%s',
    split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database(), current_user));
  insert into claim.pids values (name, claim.ask(name, 'pg_backend_pid()')::int);
end $$;

-- sql runs a statement in a session and returns its SQLSTATE, 00000 for success.
create function claim.sql(name text, q text) returns text language plpgsql as $$
begin
  perform dblink_exec(name, q);
  return '00000';
exception when query_canceled or others then return sqlstate;
end $$;

-- ask runs a query in a session and returns its one value.
create function claim.ask(name text, q text) returns text language sql as $$
  select v from dblink(name, format('select (%s)::text', q)) as t(v text)
$$;

-- start begins a statement in a session without waiting for it.
create function claim.start(name text, q text) returns void language sql as $$
  select dblink_send_query(name, q)
$$;

-- waits tells whether a session comes to wait for a lock within five seconds.
create function claim.waits(name text) returns boolean language plpgsql as $$
declare victim int;
begin
  select pid into victim from claim.pids p where p.name = waits.name;
  for i in 1..250 loop
    perform pg_stat_clear_snapshot();
    if exists (select from pg_stat_activity where pid = victim and wait_event_type = 'Lock') then return true; end if;
    perform pg_sleep(0.02);
  end loop;
  return false;
end $$;
-- ends tells whether a session ends within five seconds.
create function claim.ends(name text) returns boolean language plpgsql as $$
begin
  for i in 1..250 loop
    perform pg_stat_clear_snapshot();
    if not exists (select from pg_stat_activity join claim.pids p using (pid) where p.name = ends.name) then return true; end if;
    perform pg_sleep(0.02);
  end loop;
  return false;
end $$;

-- finish waits for what start began, and returns its SQLSTATE.
create function claim.finish(name text) returns text language plpgsql as $$
declare result text := '00000';
begin
  begin
    perform * from dblink_get_result(name) as t(v text);
  exception when query_canceled or others then result := sqlstate;
  end;
  begin
    perform * from dblink_get_result(name) as t(v text); -- the empty result that ends it
  exception when others then null;
  end;
  return result;
end $$;
