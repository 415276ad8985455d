-- Takes a template out of use, or back into it. $1 name, $2 channel, $3 language, $4 when; null for back. Index: message_template_pkey.
update message_template
set retired_at = $4
where name = $1
  and channel = $2
  and language = $3
