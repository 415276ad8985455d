-- Who knows the case or the customer of a task. Whoever the customer was not content with last does not count for the customer.
-- $1 case, $2 customer, $3 the task itself, $4 owners since, $5 agents since. Index: task_case, task_customer, customer_root, follow_up_customer.
with last as (
  select assignee
  from task
  where customer_id = $2 and id <> $3 and assignee is not null and changed_at >= $5
  order by changed_at desc
  limit 1
)
select
  (
    select assignee
    from task
    where case_id = $1 and id <> $3 and assignee is not null and changed_at >= $4
    order by changed_at desc
    limit 1
  ),
  (
    select l.assignee
    from last l
    where coalesce((
      select not r.is_low
      from customer c
      join follow_up f on f.customer_id = c.id
      join survey_response r on r.follow_up_id = f.id
      where c.root_id = (select root_id from customer where id = $2)
        and exists (select from task t where t.case_id = f.case_id and t.assignee = l.assignee)
      order by r.answered_at desc
      limit 1
    ), true)
  )
