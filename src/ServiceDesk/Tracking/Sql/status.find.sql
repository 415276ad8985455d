-- The case behind a link, whether its customer was erased, and when links were revoked. $1 true: of a contact, $2 id of the contact or the case. Uses the
-- primary keys. A contact opens the case that was opened for it, and no other: whoever writes somebody else's address into a form joins their case, and must
-- not see it. Of a merged case the one that goes on is seen, if it is of the same customer.
with recursive about as (
  select c.id as case_id, i.digest = '' as is_erased, i.case_id as joined_id
  from interaction i
  left join service_case c on c.id = i.case_id and c.opened_at >= i.received_at
  where $1 and i.id = $2
  union all
  select c.id, false, c.id from service_case c where not $1 and c.id = $2
), going_on as (
  select c.id, c.merged_into, c.customer_id, c.erased_at is not null as is_erased, 1 as step from about a join service_case c on c.id = a.case_id
  union all
  select c.id, c.merged_into, c.customer_id, c.erased_at is not null, g.step + 1
  from going_on g
  join service_case c on c.id = g.merged_into and c.customer_id = g.customer_id
  where g.step < 20
)
select g.id, a.is_erased or coalesce(g.is_erased, false), (select max(r.before) from status_revocation r where r.case_id in (a.joined_id, g.id))
from about a
left join lateral (select * from going_on order by step desc limit 1) g on true
