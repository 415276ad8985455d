-- The history of a customer and of all that it goes on for. $1 id, $2 after which number, $3 how many. Uses customer_event_customer.
select e.seq, e.customer_id, e.at, e.actor, e.action, e.facts::text
from customer c
join customer_event e on e.customer_id = c.id
where c.root_id = $1 and e.seq > $2
order by e.seq
limit $3
