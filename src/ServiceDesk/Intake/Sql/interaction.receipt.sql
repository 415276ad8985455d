-- What became of a contact. $1 contact. Uses the primary keys.
select i.id, i.received_at, c.id, c.number, c.contact_no
from interaction i
left join service_case c on c.id = i.case_id
where i.id = $1
