-- A merge. $1 id, $2 winner, $3 loser, $4 reason, $5 now, $6 who.
insert into customer_merge (id, winner_id, loser_id, reason, merged_at, merged_by) values ($1, $2, $3, $4, $5, $6)
