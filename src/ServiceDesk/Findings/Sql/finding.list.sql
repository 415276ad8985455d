-- A page of findings, the newest first. $1 state or null, $2 source or null, $3 and $4 moment and id of the last one seen or null, $5 how many. Uses finding_list.
select id, source, kpi, segment, category, title, detail, case_id, evidence::text, detected_by, effect_size, confidence, state, reason, merged_into, found_at
from finding
where ($1::text is null or state = $1)
  and ($2::text is null or source = $2)
  and ($3::timestamptz is null or (found_at, id) < ($3, $4))
order by found_at desc, id desc
limit $5
