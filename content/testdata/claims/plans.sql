-- The tables of the roadmap on query plans, as its first unit makes them.
set jit = off;
set max_parallel_workers_per_gather = 0;
create table customers (id int primary key, name text not null, city text not null);
insert into customers select n, 'Customer ' || n, case when n % 10 < 6 then 'Lyon' when n % 10 < 9 then 'Porto' else 'Town ' || n % 400 end
from generate_series(1, 20000) n;
create table orders (id int primary key, customer_id int not null, placed_at timestamptz not null, status text not null, total numeric(10,2) not null);
insert into orders select n, 1 + n * 7919::bigint % 20000, timestamptz '2026-01-01 00:00+00' + n * interval '1 minute',
  case when n % 1000 = 0 then 'disputed' when n % 50 = 0 then 'open' else 'paid' end, n % 9000 / 10.0
from generate_series(1, 400000) n;
vacuum analyze;
