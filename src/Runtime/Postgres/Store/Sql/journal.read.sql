-- History of an instance in order. $1 instance. Index: journal_instance of every month.
select sequence, at, stimuli, entries, state_hash
from journal
where instance_id = $1
order by sequence
