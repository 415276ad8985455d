-- Facts of a case; what is known already becomes surer, never less. $1 case, $2 keys, $3 values, $4 sources, $5 confidences, $6 moments. Uses the primary key.
insert into problem_fact (case_id, key, value, source, confidence, at)
select $1, f.key, f.value, f.source, f.confidence, f.at
from unnest($2::text[], $3::text[], $4::text[], $5::real[], $6::timestamptz[]) as f (key, value, source, confidence, at)
on conflict (case_id, key, value) do update
set confidence = excluded.confidence, source = excluded.source
where problem_fact.confidence < excluded.confidence
