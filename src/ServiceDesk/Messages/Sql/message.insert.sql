-- Adds messages that are to be sent; keys that exist are left alone. $1 id, $2 key, $3 channel, $4 recipient, $5 template, $6 its version, $7 language,
-- $8 format, $9 subject, $10 body, $11 customer, $12 case, $13 instance, $14 created at. Index: message_key_key.
insert into message (id, key, channel, recipient, template, template_version, language, format, subject, body, customer_id, case_id, instance_id, status, created_at)
select id, key, channel, recipient, template, template_version, language, format, subject, body, customer_id, case_id, instance_id, 0, created_at
from unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::int[], $7::text[], $8::smallint[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::timestamptz[])
  as t(id, key, channel, recipient, template, template_version, language, format, subject, body, customer_id, case_id, instance_id, created_at)
on conflict (key) do nothing
