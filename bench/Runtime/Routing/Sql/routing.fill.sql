-- One instance, agents with languages and skills, one queue, waiting tasks of all priorities. $1 agents, $2 tasks.
with instance as (
  insert into workflow_instance (id, definition_id, version_id, version, row_version, sub_status, incident_count, state, created_at, updated_at)
  values ('bench', 'bench', 'bench-1', 1, 1, 2, 0, '\x7b7d', now(), now())
),
skilled as (
  insert into skill (id, name, kind)
  select s, s, 0
  from unnest(array['lang-zh', 'lang-en', 'lang-de', 'tv', 'radio', 'phone']) s
),
queued as (
  insert into queue (id, name, changed_at) values ('bench', 'bench', now())
),
agents as (
  insert into agent (id, name, changed_at)
  select 'agent-' || to_char(i, 'FM0000'), 'Agent ' || i, now()
  from generate_series(1, $1) i
  returning id
),
loads as (
  insert into load (agent_id) select id from agents
),
present as (
  insert into presence (agent_id, status, since, accepts, last_heartbeat)
  select id, 1, now(), array['task', 'email', 'chat'], now() from agents
),
members as (
  insert into queue_member (queue_id, agent_id, is_primary) select 'bench', id, true from agents
),
held as (
  insert into agent_skill (agent_id, skill_id, level)
  select a.id, s.skill, 1 + (hashtext(a.id || s.skill) & 3)
  from agents a
  cross join unnest(array['lang-zh', 'lang-en', 'lang-de', 'tv', 'radio', 'phone']) s(skill)
  where hashtext(s.skill || a.id) & 1 = 1
),
drawn as (
  select
    i,
    'bench:' || i as id,
    (array['lang-zh', 'lang-en', 'lang-de'])[1 + i % 3] as language,
    (array['{}', '{"tv":2}'])[1 + i / 3 % 2] as required,
    1 + i / 6 % 4 as priority,
    now() - make_interval(secs => $2 - i) as since
  from generate_series(1, $2) i
),
tasks as (
  insert into task (
    id, instance_id, bookmark_id, type, title, outcomes, content, priority, channel, weight, queue_id, required, preferred, language, only_for, excluded,
    state, enqueued_at, latest_at, created_at, changed_at
  )
  select
    id, 'bench', i, 'task', 'Task ' || i, array['Done'], '{}', priority, 'task', 15, 'bench', required, '{}', language, '{}', '{}', 1, since,
    since + interval '480 minutes', since, since
  from drawn
  returning id
)
insert into waiting (task_id, queue_id, demand, virtual_deadline, enqueued_at)
select
  d.id, 'bench',
  'task|15|' || case when d.priority <= 2 then '1' else '0' end || '|0|' || case when d.required = '{}' then '' else d.required end || '|' || d.language,
  d.since + interval '480 minutes' - make_interval(mins => (array[480, 120, 30, 0])[d.priority]),
  d.since
from drawn d
join tasks t on t.id = d.id
