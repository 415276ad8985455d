-- Counts work. Reads every index entry of what is alive: for a scrape each some seconds, not for a request. $1 now.
-- Index: work_due and work_lease (index only), work_failing, work_buried.
select
  (select count(*) from work where lease_until is null and buried_at is null and due_at <= $1)
    + (select count(*) from work where lease_until is not null and due_at <= $1),
  (select count(*) from work where lease_until is null and buried_at is null and due_at > $1)
    + (select count(*) from work where lease_until is not null and due_at > $1),
  (select count(*) from work where attempts > 0 and buried_at is null),
  (select count(*) from work where buried_at is not null),
  least(
    (select due_at from work where lease_until is null and buried_at is null and due_at <= $1 order by due_at limit 1),
    (select min(due_at) from work where lease_until is not null and due_at <= $1)
  )
