-- What happened to an instance after a burst, in order. $1 instance, $2 number of the burst. Index: journal_instance of every month.
select sequence, at, entries
from journal
where instance_id = $1 and sequence > $2
order by sequence
