-- Callbacks about a settled case, not ended, of which the customer was in contact since. $1 case. Uses callback_case.
select c.id
from callback c
join service_case s on s.id = c.case_id
where c.case_id = $1 and c.ended_at is null and c.contact_at is not null and s.status in ('resolved', 'in-follow-up', 'closed')
