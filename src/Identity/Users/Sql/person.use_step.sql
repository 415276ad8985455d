-- Takes the code of a time step, once. $1 id, $2 step. Primary key. No row: that code, or a later one, was taken before.
update person
set totp_step = $2
where id = $1 and totp_step < $2
