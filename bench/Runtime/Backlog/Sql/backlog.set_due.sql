-- All timers of the copies at one moment. $1 moment, $2 original.
with changed as (update work set due_at = $1 where kind = 0 and instance_id <> $2 returning instance_id, target)
update bookmark b set due_at = $1 from changed c where b.instance_id = c.instance_id and b.id = c.target
