-- A ladder. $1 id. Uses the primary key.
select version, content::text
from escalation_ladder
where id = $1
