-- Models without their reports, the newest first. $1 how many. Uses the primary keys.
select m.version, m.trained_at, m.trained_by, m.note, m.rows, m.labels, m.threshold, m.sha256, octet_length(m.content)::bigint,
  m.version is not distinct from (select a.version from triage_model_activation a order by a.seq desc limit 1)
from triage_model m
order by m.version desc
limit $1
