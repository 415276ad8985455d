-- Beginning of reports: the cases settled in a window, whether a person had a hand in each, and whether it was a standard question. $1 from, $2 to
-- (exclusive). A person had where somebody took a task of it, put its triage right or called. Index: service_case_settled, task_case, task_event_task,
-- callback_of_case, triage_correction_case, triage_result_case.
with standard as (
  select i ->> 'name' as intent
  from taxonomy t
  cross join lateral jsonb_array_elements(t.intents) as i
  where t.version = (select max(version) from taxonomy) and (i ->> 'isStandard')::boolean
),
settled as (
  select c.id, c.category, c.status, c.resolution_mode as mode,
    exists (
      select from task t
      where t.case_id = c.id and (t.state in (5, 6) or exists (
        select from task_event e where e.task_id = t.id and e.verb in ('accept', 'claim', 'assign', 'start', 'complete')
      ))
    )
    or exists (select from triage_correction k where k.case_id = c.id)
    or exists (select from callback b join callback_attempt a on a.callback_id = b.id where b.case_id = c.id) as has_person,
    coalesce(
      coalesce(
        (select k.intent from triage_correction k where k.case_id = c.id order by k.at desc, k.id desc limit 1),
        (select r.intent from triage_result r where r.case_id = c.id order by r.at desc, r.id desc limit 1)
      ) in (select intent from standard),
      false
    ) as is_standard
  from service_case c
  where c.resolved_at >= $1 and c.resolved_at < $2 and c.status <> 'merged'
)
