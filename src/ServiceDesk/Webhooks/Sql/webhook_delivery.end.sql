-- Keeps how an attempt ended; what is delivered is not made undone by a slower attempt. $1 id, $2 status, $3 answered, $4 error, $5 delivered at.
-- Index: webhook_delivery_pkey.
update webhook_delivery
set status = $2, attempts = attempts + 1, answered = $3, error = $4, delivered_at = coalesce($5, delivered_at)
where id = $1
  and (status <> 1 or $2 = 1)
