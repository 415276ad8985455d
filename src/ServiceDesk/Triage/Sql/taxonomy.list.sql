-- Versions, the newest first. $1 how many. Uses the primary key.
select version, intents::text, note, made_by, made_at
from taxonomy
order by version desc
limit $1
