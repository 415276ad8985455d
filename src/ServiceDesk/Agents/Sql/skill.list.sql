-- All skills. No parameters. Index: skill_pkey.
select id, name, kind, is_mandatory
from skill
order by id
