-- Callbacks about a case that are still to be made; they are told that the customer wrote, and stay. $1 case, $2 when. Uses callback_case.
update callback
set contact_at = coalesce(contact_at, $2)
where case_id = $1 and ended_at is null
returning id
