-- Makes or changes a queue; nothing when it was changed since it was seen. $1 id, $2 to $12: see RoutingStore, $13 revision seen (0: new), $14 moment.
-- Index: queue_pkey.
insert into queue (
  id, name, state, calendar_id, overflow_to, max_wait, max_waiting, auto_accept, weight_fit, weight_free, weight_sticky, weight_idle, changed_at
)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14
where $13 = 0 or exists (select from queue where id = $1)
on conflict (id) do update
set name = excluded.name,
    state = excluded.state,
    calendar_id = excluded.calendar_id,
    overflow_to = excluded.overflow_to,
    max_wait = excluded.max_wait,
    max_waiting = excluded.max_waiting,
    auto_accept = excluded.auto_accept,
    weight_fit = excluded.weight_fit,
    weight_free = excluded.weight_free,
    weight_sticky = excluded.weight_sticky,
    weight_idle = excluded.weight_idle,
    changed_at = excluded.changed_at,
    rev = queue.rev + 1
where queue.rev = $13
