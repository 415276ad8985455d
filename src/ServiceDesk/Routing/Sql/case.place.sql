-- What of its case and its customer moves a task. $1 case or null, $2 customer or null. Index: sla_clock_case, escalation_case_open, customer_pkey,
-- service_case_pkey.
select
  (select min(due_at) from (select due_at from sla_clock where case_id = $1 and state = 1 for share) as running),
  coalesce((
    select max(r.value_tier)
    from customer c
    join customer r on r.id = c.root_id
    where c.id in (select $2::text union all select customer_id from service_case where id = $1)
  ), 0)::integer,
  exists (select from escalation where case_id = $1 and state < 2 and level >= 1)
