-- Commands that were applied or refused. $1 ids, $2 answers (null: applied), $3 moment. Uses the primary key.
update clock_command c
set applied_at = $3, answer = t.answer
from unnest($1::text[], $2::text[]) as t (id, answer)
where c.id = t.id and c.applied_at is null
