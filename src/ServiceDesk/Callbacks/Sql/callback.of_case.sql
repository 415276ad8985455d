-- Callbacks about a case, not ended, of which the customer was in contact since. $1 case. Uses callback_case.
select id from callback where case_id = $1 and ended_at is null and contact_at is not null
