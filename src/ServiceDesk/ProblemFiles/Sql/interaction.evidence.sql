-- The contacts of a case with all that came with them, the oldest first. $1 case. Uses interaction_case.
select id, channel, external_id, direction, state, customer_id, case_id, conversation_id, subject, body, sentiment, language, bot_handled, started_at, ended_at,
  received_at, digest, transcript::text, attachments::text
from interaction
where case_id = $1
order by started_at, id
limit 500
