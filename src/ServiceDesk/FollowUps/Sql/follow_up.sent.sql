-- The customer was asked. $1 id, $2 when. Uses the primary key.
update follow_up set state = 'sent', sent_at = $2 where id = $1
