-- Puts a signal that all is well into the queue, if an escalation of the case is open. $1 key, $2 kind, $3 instance, $4 target, $5 payload, $6 due at,
-- $7 case, $8 metric. Index: escalation_subject, work_key_key.
insert into work (key, kind, instance_id, target, payload, due_at)
select key, kind, instance_id, target, payload, due_at
from unnest($1::text[], $2::smallint[], $3::text[], $4::bigint[], $5::bytea[], $6::timestamptz[])
  as t(key, kind, instance_id, target, payload, due_at)
where exists (select from escalation e where e.subject_kind = 'case' and e.subject_id = $7 and e.metric = $8 and e.state < 2)
on conflict (key) do nothing
