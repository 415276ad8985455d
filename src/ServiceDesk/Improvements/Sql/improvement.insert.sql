-- A new improvement. $1 id, $2 state, $3 team, $4 category, $5 cause, $6 KPI, $7 score, $8 whether law or safety ask for it, $9 body, $10 operation, $11 now.
-- Uses the primary key and improvement_problem.
insert into improvement (id, state, team, category, root_cause, kpi, score, is_bound, body, operation, made_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
on conflict do nothing
