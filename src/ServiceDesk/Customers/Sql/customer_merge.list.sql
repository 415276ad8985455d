-- Merges of a customer. $1 id. Uses customer_merge_loser and customer_merge_winner.
select id, winner_id, loser_id, reason, merged_at, merged_by, undone_at
from customer_merge
where winner_id = $1 or loser_id = $1
order by merged_at, id
