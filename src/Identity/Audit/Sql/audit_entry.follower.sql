-- Where the entry stands that was linked to a hash, other than where it belongs. Asked once, when a chain is broken: reads the table. $1 hash, $2 number.
select number
from audit_entry
where prev_hash = $1 and number <> $2
order by number
limit 1
