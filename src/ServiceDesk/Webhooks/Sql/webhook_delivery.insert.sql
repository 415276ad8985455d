-- Adds deliveries; ids that exist are left alone. $1 id, $2 subscription, $3 event, $4 body, $5 created at. Index: webhook_delivery_pkey.
insert into webhook_delivery (id, subscription_id, event, body, status, created_at)
select id, subscription_id, event, body, 0, created_at
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) as t(id, subscription_id, event, body, created_at)
where exists (select from webhook_subscription s where s.id = t.subscription_id)
on conflict (id) do nothing
