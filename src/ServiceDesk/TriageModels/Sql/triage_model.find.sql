-- A model with its report. $1 version. Uses the primary keys.
select m.version, m.trained_at, m.trained_by, m.note, m.rows, m.labels, m.threshold, m.sha256, octet_length(m.content)::bigint,
  m.version is not distinct from (select a.version from triage_model_activation a order by a.seq desc limit 1), m.report::text
from triage_model m
where m.version = $1
