-- End of a commit: the bursts that won, by their places from 1; and the work that was still there.
select
  (select coalesce(array_agg(n), '{}') from won),
  (select coalesce(array_agg(id), '{}') from locked)
