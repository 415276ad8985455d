-- Takes an agent out of a queue. $1 queue, $2 agent. Index: queue_member_pkey.
delete from queue_member
where queue_id = $1 and agent_id = $2
