-- Consents of a customer and of all that it goes on for: the newest of each purpose, and of two at once the stricter. $1 id of the one that goes on.
select distinct on (n.purpose) n.purpose, n.is_given, n.source, n.at
from customer c
join customer_consent n on n.customer_id = c.id
where c.root_id = $1
order by n.purpose, n.at desc, n.is_given
