-- The version in force of a template in all its languages, as far as it is in use. $1 name, $2 channel. Index: message_template_pkey.
select distinct on (language) name, channel, language, version, format, subject, body, note, created_by, created_at, retired_at
from message_template
where name = $1
  and channel = $2
  and retired_at is null
order by language, version desc
