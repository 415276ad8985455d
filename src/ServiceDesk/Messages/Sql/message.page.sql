-- Messages, newest first. $1 case, $2 customer, $3 channel, $4 status, $5 id that they are older than, $6 how many; null for any. Index: message_created,
-- message_case, message_customer or message_unsent, by what is asked.
select id, key, channel, recipient, template, template_version, language, format, subject, body, customer_id, case_id, instance_id, status, attempts, error, created_at, sent_at
from message m
where ($1::text is null or case_id = $1)
  and ($2::text is null or customer_id = $2)
  and ($3::smallint is null or channel = $3)
  and ($4::smallint is null or status = $4)
  and ($5::text is null or (created_at, id) < (select created_at, id from message where id = $5))
order by created_at desc, id desc
limit $6
