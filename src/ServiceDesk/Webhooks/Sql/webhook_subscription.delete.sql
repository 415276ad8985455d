-- Removes a subscription with its deliveries. $1 id. Index: webhook_subscription_pkey.
delete from webhook_subscription where id = $1
