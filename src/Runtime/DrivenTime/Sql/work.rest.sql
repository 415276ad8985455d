-- What is to be done at this moment, and when something is next. Work that waits for its next attempt, or was put off, is done when its lease ends.
-- $1 now, $2 the longest that a lease of work in hand lasts from now. Index: work_due, work_lease.
select
  (
    (select count(*) from work where lease_until is null and buried_at is null and due_at <= $1)
    + (select count(*) from work where lease_until is not null and lease_until <= $1)
    + (select count(*) from work where lease_until > $1 and lease_until <= $2 and attempts = 0 and due_at <= $1)
  )::bigint,
  least(
    (select due_at from work where lease_until is null and buried_at is null and due_at > $1 order by due_at limit 1),
    (select lease_until from work where lease_until > $1 order by lease_until limit 1)
  )
