-- Follow-ups that are asked for. $1 ids, $2 cases, $3 customers, $4 instances, $5 waiters, $6 kinds, $7 metrics, $8 causes, $9 channels, $10 with a template,
-- $11 settled, $12 expires, $13 moments. Uses the primary keys.
insert into follow_up (
  id, case_id, customer_id, instance_id, bookmark_id, kind, metric, cause, channel, has_template, settled_at, expires_at, made_at)
select w.id, s.id, coalesce(c.root_id, s.customer_id), w.instance_id, w.bookmark_id, w.kind, w.metric, w.cause, w.channel, w.has_template, w.settled_at,
  w.expires_at, w.at
from unnest(
  $1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[], $11::timestamptz[],
  $12::timestamptz[], $13::timestamptz[])
  as w (id, case_id, customer_id, instance_id, bookmark_id, kind, metric, cause, channel, has_template, settled_at, expires_at, at)
left join service_case s on s.id = w.case_id
left join customer c on c.id = w.customer_id
on conflict (id) do nothing
