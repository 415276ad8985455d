-- The message of a wish. $1 key. Index: message_key_key.
select id, key, channel, recipient, template, template_version, language, format, subject, body, customer_id, case_id, instance_id, status, attempts, error, created_at, sent_at
from message
where key = $1
