-- Exchanges a refresh token. $1 id, $2 hash of the old, $3 hash of the new, $4 moment, $5 when it ends unused. Primary key. No row: the old one is not good.
update session
set refresh_hash = $3, seen_at = $4, ends_at = least($5, latest_at)
where id = $1 and refresh_hash = $2 and ended_at is null and ends_at > $4
