-- Takes a message to send it, unless it is sent or somebody else is at it. $1 id, $2 now, $3 until when. Index: message_pkey.
update message
set claimed_until = $3, attempts = attempts + 1
where id = $1
  and status <> 1
  and (claimed_until is null or claimed_until <= $2)
