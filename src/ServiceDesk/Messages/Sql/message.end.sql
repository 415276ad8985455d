-- Keeps how an attempt ended. $1 id, $2 status, $3 error, $4 sent at. What is sent stays sent. Index: message_pkey.
update message
set status = $2, error = $3, sent_at = $4, claimed_until = null
where id = $1
  and status <> 1
