-- Hand-overs of workflows. $1 ids, $2 cases, $3 reasons, $4 notes, $5 summaries, $6 queues, $7 moments. Uses the primary keys.
insert into hand_over (id, case_id, reason, note, summary, to_queue, at)
select h.id, c.id, h.reason, h.note, h.summary::jsonb, h.to_queue, h.at
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
  as h (id, case_id, reason, note, summary, to_queue, at)
join service_case c on c.id = h.case_id and c.erased_at is null
on conflict (id) do nothing
