-- Wishes for callbacks; without numbers those of the customer. $1 ids, $2 cases, $3 customers, $4 instances, $5 waiters, $6 channels, $7 numbers as JSON arrays,
-- $8 reasons, $9 segments, $10 and $11 wished from and to, $12 moments. Uses the primary keys.
insert into callback (
  id, case_id, customer_id, instance_id, bookmark_id, channel, numbers, reason, segment, wish_start, wish_end, requested_at)
select w.id, s.id, coalesce(c.root_id, s.customer_id), w.instance_id, w.bookmark_id, w.channel,
  case
    when w.numbers = '[]' then coalesce((
      select array_agg(i.value order by i.is_verified desc, i.added_at)
      from customer f
      join customer_identity i on i.customer_id = f.id and i.kind = 'phone'
      where f.root_id = coalesce(c.root_id, s.customer_id)), '{}')
    else array(select jsonb_array_elements_text(w.numbers::jsonb))
  end,
  w.reason, w.segment, w.wish_start, w.wish_end, w.at
from unnest(
  $1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[],
  $12::timestamptz[])
  as w (id, case_id, customer_id, instance_id, bookmark_id, channel, numbers, reason, segment, wish_start, wish_end, at)
left join service_case s on s.id = w.case_id
left join customer c on c.id = w.customer_id
on conflict (id) do nothing
