-- All subscriptions. No parameter.
select id, name, url, events, is_active, created_at, created_by, secret
from webhook_subscription
order by lower(name)
