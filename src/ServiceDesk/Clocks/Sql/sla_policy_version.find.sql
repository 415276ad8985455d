-- A version of a policy. $1 policy, $2 number. Uses the primary key.
select p.id, p.name, p.metric, v.number, v.state, v.content::text, v.made_at, v.made_by
from sla_policy_version v
join sla_policy p on p.id = v.policy_id
where v.policy_id = $1 and v.number = $2
