-- How a customer is written to and called: language and zone of the one that goes on, the best e-mail address, whether a number is known. $1 any id of it.
-- Uses the primary key, customer_root and customer_identity_customer.
select c.id, c.locale, c.zone,
  (select i.value from customer f join customer_identity i on i.customer_id = f.id and i.kind = 'email'
    where f.root_id = c.id order by i.is_verified desc, i.added_at limit 1),
  exists (select from customer f join customer_identity i on i.customer_id = f.id and i.kind = 'phone' where f.root_id = c.id)
from customer c
where c.id = (select root_id from customer where id = $1) and c.state <> 'erased'
