-- Whether a call about a case is offered, promised or being made. $1 case. Uses callback_case.
select exists (select from callback where case_id = $1 and ended_at is null)
