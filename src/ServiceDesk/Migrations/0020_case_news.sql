-- ServiceLoop, migration 20: what happens to cases is heard, in the order of their histories; what moves a place in a queue.

-- What was known of the case after the line, for whoever hears of it.
alter table service_case_event add column facts jsonb not null default '{}';

-- How far the history of a case was heard. Whoever hears holds the row, so two lines of one case never overtake each other.
create table case_news (
  case_id    text collate "C" primary key references service_case (id) on delete cascade,
  heard_seq  bigint not null
);
insert into case_news (case_id, heard_seq)
select case_id, max(seq) from service_case_event group by case_id;

-- True: something about its case has reached the first level of escalation.
alter table task add column has_early_warning boolean not null default false;

create index escalation_case_open on escalation (case_id) where state < 2 and case_id is not null;

-- What is known of a case, as texts: ids and words, nothing personal.
create function service_case_facts(p_case text) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'status', c.status, 'stage', c.stage, 'priority', 'P' || c.priority, 'category', c.category, 'impact', c.impact, 'urgency', c.urgency,
    'channel', c.channel, 'customer', c.customer_id, 'journeyStage', c.journey_stage, 'definition', c.definition_id,
    'contact', c.contact_no::text, 'reopened', c.reopen_count::text, 'resolution', c.resolution_code, 'mode', c.resolution_mode,
    'queue', coalesce(t.queue_id, c.queue_id), 'queueCalendar', q.calendar_id, 'assignee', t.assignee,
    'valueTier', (select r.value_tier::text from customer o join customer r on r.id = o.root_id where o.id = c.customer_id)
  ))
  from service_case c
  left join lateral (
    select queue_id, assignee from task where case_id = c.id and state < 6 order by changed_at desc limit 1
  ) t on true
  left join queue q on q.id = coalesce(t.queue_id, c.queue_id)
  where c.id = p_case
$$;

-- A line of the history that moves no status: a contact, an answer, another judgement. A key that was written before changes nothing.
-- A case that is over hears of it, and nothing follows from it.
create function service_case_tell(
  p_key text, p_case text, p_at timestamptz, p_actor text, p_action text, p_reason text, p_more jsonb
) returns boolean language plpgsql as $$
declare
  stands text;
begin
  select status into stands from service_case where id = p_case for update;
  if not found then
    return null;
  end if;

  insert into service_case_event (key, case_id, at, actor, action, reason, is_applied, facts)
  values (p_key, p_case, p_at, p_actor, p_action, p_reason, stands not in ('closed', 'cancelled', 'merged'),
    service_case_facts(p_case) || coalesce(jsonb_strip_nulls(p_more), '{}'))
  on conflict (key) do nothing;
  return found;
end $$;

-- The only way to a status: writes the line of the history, and projects it if it may follow. A key that was written before changes nothing.
create or replace function service_case_move(
  p_key text, p_case text, p_at timestamptz, p_actor text, p_action text, p_status text, p_stage text, p_reason text,
  p_until timestamptz, p_code text, p_mode text, p_note text, p_merged_into text, p_instance text
) returns boolean language plpgsql as $$
declare
  before service_case%rowtype;
  may boolean;
begin
  select * into before from service_case where id = p_case for update;
  if not found then
    return null;
  end if;

  may := case
    when p_action = 'reopen' then before.status in ('resolved', 'in-follow-up')
    when p_status is null or p_status = before.status then before.status not in ('closed', 'cancelled', 'merged')
    else exists (select 1 from service_case_transition where from_status = before.status and to_status = p_status)
  end;

  insert into service_case_event (key, case_id, at, actor, action, status, stage, reason, merged_into, is_applied)
  values (p_key, p_case, p_at, p_actor, p_action, p_status, p_stage, p_reason, p_merged_into, may)
  on conflict (key) do nothing;

  if not found or not may then
    return may;
  end if;

  update service_case set
    rev = rev + 1,
    status = coalesce(p_status, status),
    stage = coalesce(p_stage, stage),
    status_reason = p_reason,
    held_until = p_until,
    resolution_code = case when p_action = 'reopen' then null else coalesce(p_code, resolution_code) end,
    resolution_mode = case when p_action = 'reopen' then null else coalesce(p_mode, resolution_mode) end,
    resolution_note = case when p_action = 'reopen' then null else coalesce(p_note, resolution_note) end,
    resolved_at = case when p_status = 'resolved' and before.status <> 'resolved' then p_at else resolved_at end,
    closed_at = case when p_status in ('closed', 'cancelled', 'merged') then p_at else closed_at end,
    reopen_count = reopen_count + case when p_action = 'reopen' then 1 else 0 end,
    merged_into = coalesce(p_merged_into, merged_into),
    instance_id = coalesce(instance_id, p_instance),
    definition_id = coalesce(definition_id, (select w.definition_id from workflow_instance w where w.id = p_instance)),
    definition_version_id = coalesce(definition_version_id, (select w.version_id from workflow_instance w where w.id = p_instance))
  where id = p_case;

  update service_case_event
  set facts = service_case_facts(p_case) || jsonb_strip_nulls(jsonb_build_object('wasStatus', before.status, 'wasStage', before.stage))
  where key = p_key;
  return true;
end $$;

-- The workflow of a case has ended. Cancelled: the case is given up, or closed where it was settled before. In any other way while somebody has to act on the
-- case: the history says that nobody does, and who hears it raises an alarm.
create function service_case_left(p_instance text, p_at timestamptz, p_how text) returns setof text language plpgsql as $$
declare
  one record;
begin
  for one in select id, status from service_case where instance_id = p_instance and closed_at is null order by id for update loop
    if p_how = 'cancelled' then
      perform service_case_move(
        'left:' || p_instance || ':' || p_how || ':' || one.id, one.id, p_at, 'workflow:' || p_instance, 'left',
        case when one.status in ('resolved', 'in-follow-up') then 'closed' else 'cancelled' end, null, 'Its workflow was cancelled.',
        null, null, null, null, null, p_instance);
      return next one.id;
    elsif one.status not in ('resolved', 'in-follow-up') then
      perform service_case_tell(
        'left:' || p_instance || ':' || p_how || ':' || one.id || ':' || extract(epoch from p_at), one.id, p_at, 'workflow:' || p_instance, 'left',
        'Its workflow has ' || p_how || ', and nobody acts on the case.', jsonb_build_object('how', p_how, 'instance', p_instance));
      return next one.id;
    end if;
  end loop;
end $$;
