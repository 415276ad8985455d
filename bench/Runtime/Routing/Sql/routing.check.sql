-- What must never be: loads above their total, loads that do not add up, two open offers of a task. No parameters.
select
  (select count(*) from load where used + reserved > total),
  (select count(*) from load l where l.reserved <> (select coalesce(sum(weight), 0) from task t where t.offered_to = l.agent_id and t.state = 2)),
  (select count(*) from (select task_id from offer where state = 0 group by 1 having count(*) > 1) x)
