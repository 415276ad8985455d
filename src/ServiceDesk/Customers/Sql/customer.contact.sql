-- What tells when somebody may be contacted: the customer that goes on, strict where one of the merged was. $1 any id of it. Uses the primary key and
-- customer_root.
select c.id, c.zone, c.jurisdiction, c.preferences::text,
  (select bool_or(f.do_not_contact) from customer f where f.root_id = c.id),
  (select max(f.suppressed_until) from customer f where f.root_id = c.id),
  c.state = 'erased'
from customer c
where c.id = (select root_id from customer where id = $1)
