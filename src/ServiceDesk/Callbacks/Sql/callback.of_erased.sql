-- Callbacks to somebody who was erased that are still to be made. $1 customer that goes on. Uses customer_root and callback_customer.
select b.id
from customer c
join callback b on b.customer_id = c.id
where c.root_id = $1 and b.ended_at is null
order by b.id
