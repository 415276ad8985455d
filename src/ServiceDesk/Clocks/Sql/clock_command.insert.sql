-- What steps ask of clocks; a repeated burst asks the same. $1 ids, $2 clocks, $3 cases, $4 metrics, $5 verbs, $6 moments, $7 values as JSON.
insert into clock_command (id, clock_id, case_id, metric, verb, at, value)
select id, clock_id, case_id, metric, verb, at, value::jsonb
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::timestamptz[], $7::text[])
  as t (id, clock_id, case_id, metric, verb, at, value)
on conflict (id) do nothing
