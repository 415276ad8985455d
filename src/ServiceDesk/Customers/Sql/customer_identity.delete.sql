-- Takes an identity away from a customer and all that it goes on for. $1 id of the one that goes on, $2 kind, $3 value. Uses the primary key.
delete from customer_identity i
using customer c
where i.kind = $2 and i.value = $3 and i.customer_id = c.id and c.root_id = $1
