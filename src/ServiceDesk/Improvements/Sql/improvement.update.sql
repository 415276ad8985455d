-- An improvement as it is now; it was locked before. $1 id, $2 state, $3 team, $4 category, $5 cause, $6 KPI, $7 score, $8 whether law or safety ask for it,
-- $9 body, $10 operation, $11 now. Uses the primary key.
update improvement
set rev = rev + 1, state = $2, team = $3, category = $4, root_cause = $5, kpi = $6, score = $7, is_bound = $8, body = $9, operation = $10, changed_at = $11
where id = $1
