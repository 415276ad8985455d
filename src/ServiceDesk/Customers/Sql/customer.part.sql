-- Lets a merged customer, and all that was merged into it before, go on by itself. $1 id, $2 now. Uses the primary key and customer_root.
with recursive family as (
  select id, root_id from customer where id = $1
  union all
  select c.id, c.root_id from customer c join family f on c.merged_into = f.id and c.root_id = f.root_id
)
update customer c
set root_id = $1, rev = rev + 1, changed_at = $2,
  state = case when c.id = $1 then 'active' else c.state end,
  merged_into = case when c.id = $1 then null else c.merged_into end
from family f
where c.id = f.id
