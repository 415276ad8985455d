-- A draft: the next version. $1 policy, $2 content as JSON, $3 who, $4 moment. Fails when there is a draft already, by its number. Uses the primary key.
insert into sla_policy_version (policy_id, number, state, content, made_by, made_at)
select $1, 1 + coalesce((select max(number) from sla_policy_version where policy_id = $1), 0), 0, $2::jsonb, $3, $4
where not exists (select from sla_policy_version where policy_id = $1 and state = 0)
returning number
