-- A start goes another way; nothing when another start for the same contact or case did. $1 instance, $2 contact or case, $3 escalation, $4 version, $5 trigger,
-- $6 moment. Primary key, degraded_start_subject_id_key.
insert into degraded_start (instance_id, subject_id, escalation_id, version_id, trigger_id, at)
values ($1, $2, $3, $4, $5, $6)
on conflict do nothing
