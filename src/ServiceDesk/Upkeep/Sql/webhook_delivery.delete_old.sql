-- Removes deliveries of long ago, however they ended. $1 before when, $2 how many. Index: webhook_delivery_old, webhook_delivery_pkey.
delete from webhook_delivery
where id = any (array(select id from webhook_delivery where created_at < $1 order by created_at limit $2))
