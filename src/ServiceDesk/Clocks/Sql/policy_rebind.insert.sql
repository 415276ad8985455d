-- Begins to move the clocks of a policy. $1 id, $2 policy, $3 version, $4 who, $5 moment. Counts by the index sla_clock_policy.
insert into policy_rebind (id, policy_id, version, total, done, changed, missed, no_target, last_id, step, asked_by, started_at, changed_at)
values (
  $1, $2, $3,
  (select count(*) from sla_clock where policy_id = $2 and policy_version <> $3 and state < 3),
  0, 0, 0, 0, '', 0, $4, $5, $5
)
