-- A delivery is to be sent again, whatever became of it. $1 id. Index: webhook_delivery_pkey.
update webhook_delivery
set status = 0
where id = $1
