-- Lets the loser, and all that it went on for, point to the winner. $1 winner, $2 loser, $3 now. Uses customer_root.
update customer
set root_id = $1, rev = rev + 1, changed_at = $3,
  state = case when id = $2 then 'merged' else state end,
  merged_into = case when id = $2 then $1 else merged_into end
where root_id = $2
