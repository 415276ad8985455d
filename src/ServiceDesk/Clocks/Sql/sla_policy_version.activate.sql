-- A draft becomes active. $1 policy, $2 number. Uses the primary key.
update sla_policy_version
set state = 1
where policy_id = $1 and number = $2 and state = 0
