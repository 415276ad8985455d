-- A contact by its id on its channel. $1 channel, $2 id on it. Uses the unique key.
select id, channel, external_id, direction, state, customer_id, case_id, conversation_id, subject, body, sentiment, language, bot_handled, started_at, ended_at,
  received_at, digest
from interaction
where channel = $1 and external_id in ($2, 'erased:' || encode(sha256(convert_to($2, 'UTF8')), 'hex'))
