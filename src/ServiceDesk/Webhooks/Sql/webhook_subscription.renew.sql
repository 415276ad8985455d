-- Gives a subscription a new secret, and leaves all else alone. $1 id, $2 secret. Primary key.
update webhook_subscription
set secret = $2
where id = $1
