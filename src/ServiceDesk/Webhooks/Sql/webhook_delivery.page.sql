-- Deliveries of a subscription, newest first. $1 subscription, $2 status or null, $3 id that they are older than or null, $4 how many. Index: webhook_delivery_created.
select id, subscription_id, event, body, status, attempts, answered, error, created_at, delivered_at
from webhook_delivery
where subscription_id = $1
  and ($2::smallint is null or status = $2)
  and ($3::text is null or (created_at, id) < (select created_at, id from webhook_delivery where id = $3))
order by created_at desc, id desc
limit $4
