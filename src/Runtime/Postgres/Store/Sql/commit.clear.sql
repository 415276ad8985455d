-- Part of a commit: work that was done or is no longer needed, and the timers of waiters that are gone.
-- $16 work done, $38 burst, $39 key. Index: work_pkey, work_key_key.
cleared as (
  delete from work w
  where w.id = any(array(
      select t.done
      from unnest($16::bigint[]) with ordinality as t(done, n)
      where t.done is not null and (t.n::integer in (select n from won)) is true
    ))
    or w.key = any(array(
      select 't:' || b.instance_id || ':' || b.id
      from burned b
      where b.due_at is not null
      union all
      select x.key
      from unnest($38::integer[], $39::text[]) as x(n, key)
      where (x.n in (select n from won)) is true
    ))
  returning w.id
)
