-- Much of what SQL and psql can do, for two runs that must print the same bytes: nothing here depends on time, place or process.
set timezone = 'UTC'; set datestyle = 'ISO, DMY'; set lc_messages = 'C';
drop schema if exists breadth cascade;
create schema breadth;
set search_path = breadth;

-- types
select 1::int2, -2147483648::int4, 9223372036854775807::int8, 1.5::float4, 'NaN'::float8, 12345678901234567890.123456789::numeric, true, null::bool;
select 'text', 'v'::varchar(3), 'c'::char(5) || '|', E'tab\there', U&'\0441\043B\043E\043D', $$dollar 'quoted'$$, $a$ $$ $a$;
select '\xdeadbeef'::bytea, encode('\x00ff'::bytea, 'base64'), b'1010'::bit(4), B'1' & B'1', x'1f'::int;
select date '2026-02-28' + 1, time '23:59:59.999999', timestamp '2026-02-03 04:05:06.789', timestamptz '2026-02-03 04:05:06+05:30', interval '1 year 2 mons -3 days 04:05:06';
select '{1,2,{3}}'::text[] as wrong;
select array[1, 2, null, 4], array[['a', 'b'], ['c', null]], '[0:2]={1,2,3}'::int[], (array[1, 2, 3])[2:3];
select '{"a": [1, {"b": null}]}'::json, '{"b": 1, "a": 2}'::jsonb, '{"a": {"b": [10, 20]}}'::jsonb #>> '{a,b,1}', jsonb_path_query('[1, 2, 3]', '$[*] ? (@ > 1)');
select int4range(1, 5) * int4range(3, 9), daterange('2026-01-01', null), '{[1,3),[7,9)}'::int4multirange;
select inet '10.0.0.1/8', cidr '10.0.0.0/8', macaddr '08:00:2b:01:02:03', point(1, 2), box '((0,0),(1,1))', '{1,2,3}'::int[] @> '{2}';
select to_tsvector('simple', 'the quick brown fox') @@ to_tsquery('simple', 'quick & fox'), 'abc' ~ '^a.c$', regexp_replace('abcabc', 'b(.)', '<\1>', 'g');
create type mood as enum ('sad', 'ok', 'happy');
create type pair as (n int, t text);
create domain positive as int check (value > 0);
select 'ok'::mood < 'happy'::mood, row(1, 'x')::pair, (row(2, 'y')::pair).t, 7::positive;
select -1::positive;
select 0::positive;

-- tables and data
create table people (id int generated always as identity primary key, name text not null unique, born date, mood mood default 'ok', pay numeric(10, 2) check (pay >= 0));
insert into people (name, born, pay) values ('Ann', '1990-01-01', 10), ('Bob', null, 20.5), ('Cyd', '2000-12-31', 30) returning *;
insert into people (name) values ('Ann');
insert into people (name, pay) values ('Dan', -1);
insert into people (name) values (null);
insert into people (name, pay) values ('Bob', 99) on conflict (name) do update set pay = excluded.pay returning id, name, pay;
update people set mood = 'happy' where born is not null returning name, mood;
delete from people where name = 'nobody';
merge into people p using (values ('Cyd', 31), ('Eve', 5)) v (name, pay) on p.name = v.name when matched then update set pay = v.pay when not matched then insert (name, pay) values (v.name, v.pay);
select name, pay, rank() over (order by pay desc), sum(pay) over (rows between 1 preceding and current row) from people order by name;
with recursive f (a, b) as (values (0, 1) union all select b, a + b from f where b < 100) select string_agg(a::text, ',') from f;
select mood, count(*), grouping(mood) from people group by rollup (mood) order by 1 nulls last;
select * from people natural join (values ('Ann', 'x')) t (name, more) cross join lateral generate_series(1, 2) g;
create table parts (k int, v text) partition by range (k);
create table parts_low partition of parts for values from (0) to (100);
create index on parts (v);
insert into parts select n, 'v' || n % 3 from generate_series(1, 99) n;
insert into parts values (100, 'out');
explain (costs off) select * from parts where k < 10 and v = 'v1';
create view rich as select name from people where pay > 10;
create materialized view poor as select name from people where pay <= 10;
select table_name, table_type from information_schema.tables where table_schema = 'breadth' order by 1;
\d people
\d+ parts
\dT+ mood
\df breadth.*
\dn breadth

-- copies
copy people (name, pay) from stdin with (format csv, header, null 'none');
name,pay
"Fay, with a comma",7.25
Gus,none
"a ""quote""",1
\.
copy people (name, pay) from stdin;
Hal	x
\.
copy (select name, pay from people order by id) to stdout with (format csv, header, force_quote (name));
copy people to stdout (format binary, wrong on);
\copy (select n, repeat('x', n) from generate_series(1, 5) n) to stdout
copy nowhere from stdin;
\.

-- transactions
begin; insert into people (name) values ('Ida'); savepoint a; insert into people (name) values ('Ida'); select 'aborted'; rollback to a; select count(*) from people; commit;
begin isolation level serializable read only; insert into people (name) values ('Jon'); rollback;
begin; select 1/0; commit;
begin; declare c cursor with hold for select n from generate_series(1, 10) n; fetch 3 from c; move forward 2 in c; fetch all from c; fetch 1 from c; commit;
fetch backward 2 from c; close c; close c;
create table late (n int primary key deferrable initially deferred);
begin; insert into late values (1), (1); select 'not yet'; commit;
insert into late values (2), (2);
prepare find (text) as select name, pay from people where name like $1 order by name;
execute find ('%a%'); execute find ('Bob'); deallocate find; execute find ('x');

-- programs
create function add(a int, b int default 10) returns int language sql immutable as 'select a + b';
create function speak(t text) returns void language plpgsql as $$ begin raise notice 'said %', t; raise warning 'twice'; perform 1; end $$;
create function fail() returns int language plpgsql as $$ begin raise exception using errcode = 'P0042', message = 'by will', detail = 'a detail', hint = 'a hint'; end $$;
create function many() returns setof people language sql as 'select * from people order by id limit 2';
create procedure work(inout n int) language plpgsql as $$ begin n := n * 2; commit; end $$;
create function stamp() returns trigger language plpgsql as $$ begin new.name := upper(new.name); return new; end $$;
create trigger up before insert on people for each row execute function stamp();
select add(1), add(b => 1, a => 2); select speak('hello'); select fail(); select name from many(); call work(21);
\set VERBOSITY verbose
select fail();
\set VERBOSITY default
insert into people (name) values ('kim') returning name;
do $$ begin for i in 1..3 loop raise info 'round %', i; end loop; end $$;
do $$ begin perform 1/0; exception when division_by_zero then raise notice 'caught'; end $$;

-- psql's own
\x on
select * from people where name = 'Ann';
\x off
select 'a' as x, 'b' as y, 1 as v union all select 'c', 'd', 2 order by 1 \crosstabview
select format('select %s as generated', n) from generate_series(1, 3) n \gexec
select 1 as one, 'two'::text as two \gdesc
select 42 as answer \gset
select :answer + 1, :'answer';
select 1 \; select 2 \; select 'three';
select 1 \; select nothing \; select 3;
\if :answer
\echo yes
\endif
\pset format unaligned
\pset null '(null)'
select null, 'aligned no more';
\pset format html
select '<&>' as "a<b";
\pset format aligned
\lo_import :lo_file
select lo_get(:LASTOID), lo_unlink(:LASTOID) is not null;
select lo_open(0, 0);

-- errors
selec 1;
select * from;
select 'unfinished
  still' || nothing;
select nothing from people;
select * from nowhere;
select fn_nowhere(1);
select 'x'::int;
select sum(name) from people;
select * from pg_authid;
create role somebody;
set statement_timeout = '50ms'; select pg_sleep(10); reset statement_timeout;
set nothing = 1;
show nothing;
lock table people in nonsense mode;
;
;;

-- large
select length(repeat('x', 3000000)), md5(repeat('y', 3000000));
select repeat('z', 100000);
select n, repeat(chr(97 + n % 26), n) from generate_series(0, 400) n;

set client_encoding = 'LATIN1'; select 'Gr' || chr(252) || chr(223) || 'e', chr(8364); reset client_encoding;
listen quiet; unlisten *; discard all;
drop schema breadth cascade;
