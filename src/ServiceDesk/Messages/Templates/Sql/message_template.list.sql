-- The version in force of every template. No parameter. Index: message_template_pkey.
select distinct on (name, channel, language) name, channel, language, version, format, subject, body, note, created_by, created_at, retired_at
from message_template
order by name, channel, language, version desc
