-- Removes instances that have ended, with all that is theirs. $1 ids. Index: primary keys, journal_instance, work_key_key.
with gone as (
  delete from workflow_instance
  where id = any($1) and finished_at is not null
  returning id
),
burned as (
  delete from bookmark b
  using gone
  where b.instance_id = gone.id
  returning b.instance_id, b.id, b.due_at
),
timers as (
  delete from work w
  where w.key = any(array(select 't:' || b.instance_id || ':' || b.id from burned b where b.due_at is not null))
),
forgotten as (
  delete from journal j
  where j.instance_id = any(array(select id from gone))
)
select count(*) from gone
