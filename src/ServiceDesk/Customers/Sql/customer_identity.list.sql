-- Identities of a customer and of all that it goes on for. $1 id of the one that goes on. Uses customer_root and customer_identity_customer.
select i.kind, i.value, i.is_verified, i.zone, i.customer_id
from customer c
join customer_identity i on i.customer_id = c.id
where c.root_id = $1
order by i.added_at, i.kind, i.value
