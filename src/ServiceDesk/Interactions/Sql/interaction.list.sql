-- A page of contacts, the newest first. $1 case or null, $2 customer that goes on or null, $3 channel or null, $4 and $5 moment and id of the last one seen
-- or null, $6 how many. Uses interaction_list, interaction_case or interaction_customer.
select id, channel, external_id, direction, state, customer_id, case_id, conversation_id, subject, body, sentiment, language, bot_handled, started_at, ended_at,
  received_at, digest
from interaction
where ($1::text is null or case_id = $1)
  and ($2::text is null or customer_id in (select id from customer where root_id = $2))
  and ($3::text is null or channel = $3)
  and ($4::timestamptz is null or (received_at, id) < ($4, $5))
order by received_at desc, id desc
limit $6
