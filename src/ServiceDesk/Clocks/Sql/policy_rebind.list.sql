-- The latest fifty moves of a policy's clocks. $1 policy. Index: policy_rebind_policy.
select id, policy_id, version, total, done, changed, missed, no_target, last_id, step, asked_by, started_at, changed_at, finished_at
from policy_rebind
where policy_id = $1
order by started_at desc, id desc
limit 50
