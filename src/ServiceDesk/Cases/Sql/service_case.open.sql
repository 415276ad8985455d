-- Cases that workflows begin to work on, each with the contact that it is about; a case that is there gets the workflow. That they were opened is told
-- by the statement after it.
-- $1 ids, $2 instances, $3 channels, $4 titles, $5 customers, $6 contacts, $7 earlier cases, $8 moments. Uses the primary keys.
with opening as (
  select distinct on (o.id) o.*, w.definition_id, w.version_id, i.customer_id as sender_id, i.subject
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
    as o (id, instance_id, channel, title, customer_id, interaction_id, previous_id, at)
  left join workflow_instance w on w.id = o.instance_id
  left join interaction i on i.id = o.interaction_id
  order by o.id
), opened as (
  insert into service_case (
    id, customer_id, title, impact, urgency, priority, channel, definition_id, definition_version_id, instance_id, opened_at)
  select o.id, coalesce((select c.root_id from customer c where c.id = o.customer_id), o.sender_id), coalesce(o.title, o.subject), 'one', 'normal', 3,
    o.channel, o.definition_id, o.version_id, o.instance_id, o.at
  from opening o
  on conflict (id) do update
  set instance_id = coalesce(service_case.instance_id, excluded.instance_id),
    definition_id = coalesce(service_case.definition_id, excluded.definition_id),
    definition_version_id = coalesce(service_case.definition_version_id, excluded.definition_version_id)
  where service_case.closed_at is null
  returning id
), contacts as (
  update interaction i
  set case_id = o.id, state = 'correlated'
  from opening o
  where i.id = o.interaction_id and i.case_id is null
  returning i.conversation_id, o.id
), threads as (
  update conversation v set case_id = c.id from contacts c where v.id = c.conversation_id and v.case_id is null
)
insert into service_case_link (case_id, other_id, kind, at, actor)
select o.id, p.id, 'follows', o.at, 'workflow:' || o.instance_id
from opening o
join service_case p on p.id = o.previous_id and p.id <> o.id
on conflict do nothing
