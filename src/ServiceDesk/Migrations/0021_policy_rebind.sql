-- ServiceLoop, migration 21: open clocks that are moved to another version of their policy, how old rows are found, and what a case was before a judgement.

-- How far the open clocks of a policy are moved to a version.
create table policy_rebind (
  id          text collate "C" primary key,
  policy_id   text collate "C" not null references sla_policy (id),
  version     integer not null,
  total       bigint not null,
  done        bigint not null,
  changed     bigint not null,
  missed      bigint not null,
  no_target   bigint not null,
  last_id     text collate "C" not null,
  step        integer not null,
  asked_by    text not null,
  started_at  timestamptz not null,
  changed_at  timestamptz not null,
  finished_at timestamptz
);
create index policy_rebind_policy on policy_rebind (policy_id, started_at desc);

-- What is old enough to go.
create index clock_command_applied on clock_command (applied_at) where applied_at is not null;
create index escalation_signal_at on escalation_signal (at);
create index webhook_delivery_old on webhook_delivery (created_at);

-- As before; a judgement that does not say what the case was before is told with what the line before it said.
create or replace function service_case_tell(
  p_key text, p_case text, p_at timestamptz, p_actor text, p_action text, p_reason text, p_more jsonb
) returns boolean language plpgsql as $$
declare
  stands text;
  before jsonb := '{}';
begin
  select status into stands from service_case where id = p_case for update;
  if not found then
    return null;
  end if;

  if p_action = 'judge' and not coalesce(p_more ? 'wasPriority', false) then
    select jsonb_build_object('wasPriority', e.facts -> 'priority', 'wasCategory', e.facts -> 'category') into before
    from service_case_event e
    where e.case_id = p_case
    order by e.seq desc
    limit 1;
  end if;

  insert into service_case_event (key, case_id, at, actor, action, reason, is_applied, facts)
  values (p_key, p_case, p_at, p_actor, p_action, p_reason, stands not in ('closed', 'cancelled', 'merged'),
    service_case_facts(p_case) || jsonb_strip_nulls(coalesce(before, '{}') || coalesce(p_more, '{}')))
  on conflict (key) do nothing;
  return found;
end $$;
