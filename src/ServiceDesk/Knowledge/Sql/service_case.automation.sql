-- How cases were settled, by category and whether they were standard questions. Follows service_case.settled. Merged and cancelled ones do not count.
-- What a bot settled counts as assisted where a person had a hand in it.
select category, is_standard,
  count(*) filter (where mode = 'auto' and not has_person),
  count(*) filter (where mode = 'assisted' or (mode = 'auto' and has_person)),
  count(*) filter (where mode = 'human')
from settled
where mode is not null and status <> 'cancelled'
group by category, is_standard
