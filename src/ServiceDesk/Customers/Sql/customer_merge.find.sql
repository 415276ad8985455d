-- A merge, locked. $1 id. Uses the primary key.
select id, winner_id, loser_id, reason, merged_at, merged_by, undone_at from customer_merge where id = $1 for update
