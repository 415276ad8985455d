-- Changes a subscription, and leaves its secret alone; a name that another one has is left to it. $1 id, $2 name, $3 url, $4 events, $5 is active.
-- Index: webhook_subscription_pkey, webhook_subscription_name.
update webhook_subscription
set name = $2, url = $3, events = $4, is_active = $5
where id = $1
  and not exists (select from webhook_subscription where lower(name) = lower($2) and id <> $1)
