-- Ends the sessions of a person but one. $1 person, $2 the one that stays (null: none), $3 moment, $4 who ended them. session_person.
update session
set ended_at = $3, ended_by = $4
where person_id = $1 and ended_at is null and ($2::uuid is null or id <> $2)
