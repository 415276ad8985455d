-- How cases were settled, by category. $1 from, $2 to. Merged and cancelled ones do not count. Uses service_case_settled.
select category,
  count(*) filter (where resolution_mode = 'auto'),
  count(*) filter (where resolution_mode = 'assisted'),
  count(*) filter (where resolution_mode = 'human')
from service_case
where resolution_mode is not null and resolved_at >= $1 and resolved_at < $2 and status not in ('merged', 'cancelled')
group by category
