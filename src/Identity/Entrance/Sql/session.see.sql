-- Notes that a session is used, and lets it live on. $1 id, $2 moment, $3 when it ends unused, $4 address. Primary key.
update session
set seen_at = $2, ends_at = least($3, latest_at), address = coalesce($4, address)
where id = $1 and ended_at is null and seen_at < $2
