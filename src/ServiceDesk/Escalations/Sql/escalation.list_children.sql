-- Open escalations that are silent because of a parent. $1 parent. Index: escalation_parent.
select id
from escalation
where parent_id = $1 and is_silent and state < 2
order by id
