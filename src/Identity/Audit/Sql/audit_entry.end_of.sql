-- The entry that tells how something ended that another entry began. It is looked for among the entries that followed next. $1 number of the other one,
-- $2 how many are looked through, $3 ids of those whose entries may be seen, null for all. Index: primary key.
select number
from audit_entry
where number > $1 and number <= $1 + $2 and begun = $1 and ($3::text[] is null or actor_id = any($3))
order by number
limit 1
