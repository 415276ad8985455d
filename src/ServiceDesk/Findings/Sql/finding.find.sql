-- A finding. $1 id. Uses the primary key.
select id, source, kpi, segment, category, title, detail, case_id, evidence::text, detected_by, effect_size, confidence, state, reason, merged_into, found_at
from finding
where id = $1
