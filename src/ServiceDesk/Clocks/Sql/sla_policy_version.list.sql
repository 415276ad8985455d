-- Versions of policies; a company has few. $1 policy or null, $2 state or null, $3 metric or null.
select p.id, p.name, p.metric, v.number, v.state, v.content::text, v.made_at, v.made_by
from sla_policy p
join sla_policy_version v on v.policy_id = p.id
where ($1::text is null or p.id = $1) and ($2::smallint is null or v.state = $2) and ($3::text is null or p.metric = $3)
order by p.name, p.id, v.number
