-- One subscription, by its id, else by its name: an id is never taken for the name of another. $1 id or name.
-- Index: webhook_subscription_pkey, webhook_subscription_name.
select id, name, url, events, is_active, created_at, created_by, secret
from webhook_subscription
where id = $1
   or lower(name) = lower($1)
order by id = $1 desc
limit 1
