-- What decides whether a customer is spared. $1 follow-up. Uses the indexes of case and customer.
select
  exists (
    select 1 from customer c join customer_consent n on n.customer_id = c.id
    where c.root_id = r.root_id and n.purpose = 'survey' and not n.is_given
      and not exists (
        select 1 from customer c2 join customer_consent n2 on n2.customer_id = c2.id
        where c2.root_id = r.root_id and n2.purpose = 'survey' and n2.at > n.at)),
  (select max(i.received_at) from interaction i
    where i.case_id = f.case_id and i.direction = 'inbound' and i.state <> 'spam' and i.received_at > f.settled_at),
  exists (
    select 1 from customer c join service_case s on s.customer_id = c.id
    where c.root_id = r.root_id and s.category = 'complaint' and s.status not in ('resolved', 'in-follow-up', 'closed', 'cancelled', 'merged')
      and s.id is distinct from f.case_id),
  (select max(o.sent_at) from customer c join follow_up o on o.customer_id = c.id where c.root_id = r.root_id and o.id <> f.id),
  (select count(*)::int from follow_up o where o.case_id = f.case_id and o.id <> f.id and o.state in ('sent', 'answered', 'expired') and o.sent_at is not null),
  f.case_id is not null
    and exists (select 1 from interaction i where i.case_id = f.case_id)
    and not exists (select 1 from interaction i where i.case_id = f.case_id and i.state <> 'spam'),
  (select max(v.message_window_until) from conversation v
    where v.case_id = f.case_id and v.channel = f.channel and v.message_window_until is not null)
from follow_up f
left join lateral (select c.root_id from customer c where c.id = f.customer_id) r on true
where f.id = $1
