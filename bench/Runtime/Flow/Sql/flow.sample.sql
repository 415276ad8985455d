-- What the last burst of an instance wrote. $1 instance.
select i.state, j.stimuli, j.entries, b.id, b.hash, b.name, b.activity_id, b.node_id, b.payload
from workflow_instance i
join lateral (select stimuli, entries from journal where instance_id = i.id order by sequence desc limit 1) j on true
left join bookmark b on b.instance_id = i.id
where i.id = $1
