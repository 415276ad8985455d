-- All that one customer goes on for, without itself. $1 id of the one that goes on. Uses customer_root.
select id
from customer
where root_id = $1 and id <> $1
order by id
