-- How much there was. $1 from, $2 to (exclusive). Index: service_case_list, interaction_list, task_created.
select name, segment, null::bigint as hits, n, null::double precision as value
from (
  select 'cases-opened' as name, '' as segment, count(*) as n from service_case where opened_at >= $1 and opened_at < $2
  union all
  select 'cases-opened', 'channel:' || channel, count(*) from service_case where opened_at >= $1 and opened_at < $2 group by channel
  union all
  select 'cases-ended', '', count(*) from service_case where closed_at >= $1 and closed_at < $2
  union all
  select 'cases-ended', 'status:' || status, count(*) from service_case where closed_at >= $1 and closed_at < $2 group by status
  union all
  select 'cases-ended', 'resolution:' || resolution_code, count(*)
  from service_case
  where closed_at >= $1 and closed_at < $2 and resolution_code is not null
  group by resolution_code
  union all
  select 'contacts', 'direction:' || direction, count(*)
  from interaction
  where received_at >= $1 and received_at < $2 and state <> 'spam'
  group by direction
  union all
  select 'tasks-done', '', count(*) from task where state = 6 and ended_at >= $1 and ended_at < $2
  union all
  select 'messages-sent', '', count(*) from message where status = 1 and sent_at >= $1 and sent_at < $2
) as counted
order by name, segment
