-- Whether anybody holds a skill. $1 skill, $2 level, $3 now. Index: agent_skill_skill.
select exists (
  select
  from agent_skill
  where skill_id = $1 and level >= $2 and (certified_until is null or certified_until > $3)
)
