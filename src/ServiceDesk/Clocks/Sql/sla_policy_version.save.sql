-- Changes a draft. $1 policy, $2 number, $3 content as JSON, $4 who, $5 moment. Uses the primary key.
update sla_policy_version
set content = $3::jsonb, made_by = $4, made_at = $5
where policy_id = $1 and number = $2 and state = 0
