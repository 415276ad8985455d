-- When somebody may take work next; null for never. No parameters. Index: work_due, work_lease.
select least(
  (select due_at from work where lease_until is null and buried_at is null order by due_at limit 1),
  (select lease_until from work where lease_until is not null order by lease_until limit 1)
)
