-- Who knows the case or the customer of a task. $1 case, $2 customer, $3 the task itself, $4 owners since, $5 agents since. Index: task_case, task_customer.
select
  (
    select assignee
    from task
    where case_id = $1 and id <> $3 and assignee is not null and changed_at >= $4
    order by changed_at desc
    limit 1
  ),
  (
    select assignee
    from task
    where customer_id = $2 and id <> $3 and assignee is not null and changed_at >= $5
    order by changed_at desc
    limit 1
  )
