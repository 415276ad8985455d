-- Takes a skill away. $1 agent, $2 skill. Index: agent_skill_pkey.
delete from agent_skill
where agent_id = $1 and skill_id = $2
