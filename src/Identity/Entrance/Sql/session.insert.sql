-- A new session. $1 id, $2 person, $3 kind, $4 hash or protected key, $5 hash of the refresh token, $6 address, $7 program of the caller, $8 moment,
-- $9 when it ends unused, $10 when it ends anyhow. Primary key.
insert into session (id, person_id, kind, secret_hash, refresh_hash, address, agent, created_at, seen_at, ends_at, latest_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)
