-- Customers who came back. $1 from, $2 to (exclusive). Index: service_case_list, service_case_customer.
with seven as (
  select c.id, c.status, c.resolved_at, c.reopen_count,
    exists (
      select
      from service_case e
      where e.customer_id = c.customer_id
        and e.category is not distinct from c.category
        and e.id <> c.id
        and e.opened_at < c.opened_at
        and e.opened_at >= c.opened_at - interval '7 days'
    ) as is_repeat,
    exists (
      select
      from service_case l
      where l.customer_id = c.customer_id
        and l.category is not distinct from c.category
        and l.id <> c.id
        and l.opened_at > c.opened_at
        and l.opened_at < c.resolved_at + interval '7 days'
    ) as has_next,
    (
      select count(*)
      from interaction i
      where i.case_id = c.id and i.direction = 'inbound' and i.started_at < c.resolved_at + interval '7 days'
    ) as contacts,
    c.opened_at >= $1 and c.opened_at < $2 as is_opened,
    c.resolved_at >= $1 and c.resolved_at < $2 as is_resolved
  from service_case c
  where c.customer_id is not null
    and c.status <> 'merged'
    and ((c.opened_at >= $1 and c.opened_at < $2) or (c.resolved_at >= $1 and c.resolved_at < $2))
)
select 'repeat-contact' as name, '' as segment, count(*) filter (where is_repeat) as hits, count(*) as n, null::double precision as value
from seven
where is_opened
union all
select 'first-contact-resolution', '', count(*) filter (where contacts <= 1 and not has_next and reopen_count = 0), count(*), null
from seven
where is_resolved
union all
select 'reopened', '', count(*) filter (where reopen_count > 0), count(*), null
from seven
where is_resolved
