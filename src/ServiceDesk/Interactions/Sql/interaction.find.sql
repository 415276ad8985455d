-- A contact. $1 id. Uses the primary key.
select id, channel, external_id, direction, state, customer_id, case_id, conversation_id, subject, body, sentiment, language, bot_handled, started_at, ended_at,
  received_at, digest
from interaction
where id = $1
