-- Whose cases are. $1 cases, $2 customers, $3 contacts. Uses the primary keys.
with owner as (
  select o.case_id, c.root_id, o.interaction_id
  from unnest($1::text[], $2::text[], $3::text[]) as o (case_id, customer_id, interaction_id)
  join customer c on c.id = o.customer_id
), contacts as (
  update interaction i set customer_id = o.root_id from owner o where i.id = o.interaction_id
  returning i.conversation_id, i.customer_id
), threads as (
  update conversation v set customer_id = c.customer_id from contacts c where v.id = c.conversation_id and v.customer_id is null
)
update service_case s
set customer_id = o.root_id, rev = s.rev + 1
from owner o
where s.id = o.case_id and s.status <> 'closed' and s.customer_id is distinct from o.root_id
