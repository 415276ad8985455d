-- An improvement was made of findings. $1 ids, $2 the improvement, $3 now. Uses the primary key.
update finding
set state = 'promoted', reason = $2, settled_at = $3
where id = any ($1) and state = 'new'
