-- One message. $1 id. Index: message_pkey.
select id, key, channel, recipient, template, template_version, language, format, subject, body, customer_id, case_id, instance_id, status, attempts, error, created_at, sent_at
from message
where id = $1
