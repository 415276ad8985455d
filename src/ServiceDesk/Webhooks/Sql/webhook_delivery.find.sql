-- One delivery. $1 id. Index: webhook_delivery_pkey.
select id, subscription_id, event, body, status, attempts, answered, error, created_at, delivered_at
from webhook_delivery
where id = $1
