-- A million instances as a service desk has them after some years: most have ended, the newest run. $1 how many, $2 how many of the newest run, $3 state,
-- $4 moment of the newest, $5 seconds between two.
insert into workflow_instance (
  id, definition_id, version_id, version, row_version, sub_status, correlation_id, name, parent_id, incident_count, state, created_at, updated_at, finished_at
)
select
  lpad(to_hex(n * 60000::bigint), 12, '0') || lpad(to_hex(n), 20, '0'),
  'flow-' || n % 200,
  'flow-' || n % 200 || '-v' || 1 + n % 3,
  1 + n % 3,
  1 + n % 9,
  case when n > $1 - $2 then 2 when n % 100 = 0 then 4 when n % 50 = 7 then 5 else 3 end,
  'CASE-' || 2020 + n / 200000 || '-' || lpad(n::text, 8, '0'),
  (array['Refund', 'Complaint', 'Callback', 'Order', 'Warranty'])[1 + n % 5] || ' of ' || lpad(to_hex((n % 50000) * 2654435761 % 4294967296), 8, '0'),
  case when n % 10 = 0 then lpad(to_hex((n - 1) * 60000::bigint), 12, '0') || lpad(to_hex(n - 1), 20, '0') end,
  case when n % 100 = 0 then 1 else 0 end,
  $3,
  $4 - ($1 - n) * $5 * interval '1 s',
  $4 - ($1 - n) * $5 * interval '1 s' + (n % 86400) * interval '1 s',
  case when n <= $1 - $2 then $4 - ($1 - n) * $5 * interval '1 s' + (n % 86400) * interval '1 s' end
from generate_series(1, $1) as n
