-- A message that failed is to be sent again. $1 id. Index: message_pkey.
update message
set status = 0
where id = $1
  and status = 2
