-- Open escalations that a parent speaks for. $1 parent. Index: escalation_parent.
select count(*)
from escalation
where parent_id = $1 and is_silent and state < 2
