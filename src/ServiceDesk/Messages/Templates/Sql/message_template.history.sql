-- All versions of a template, newest first. $1 name, $2 channel, $3 language. Index: message_template_pkey.
select name, channel, language, version, format, subject, body, note, created_by, created_at, retired_at
from message_template
where name = $1
  and channel = $2
  and language = $3
order by version desc
