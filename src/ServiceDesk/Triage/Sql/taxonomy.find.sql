-- A version. $1 version. Uses the primary key.
select version, intents::text, note, made_by, made_at
from taxonomy
where version = $1
