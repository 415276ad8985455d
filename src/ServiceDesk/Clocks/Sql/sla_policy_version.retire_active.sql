-- The active version of a policy is so no longer. $1 policy. Index: sla_policy_version_active.
update sla_policy_version
set state = 2
where policy_id = $1 and state = 1
