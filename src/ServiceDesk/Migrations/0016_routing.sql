-- ServiceLoop, migration 16: queues, skills, agents, their presence and load, offers and why they were made.

create table queue (
  id           text collate "C" primary key,
  name         text not null,
  state        smallint not null default 0,
  calendar_id  text collate "C",
  overflow_to  text collate "C",
  max_wait     integer not null default 480 check (max_wait between 1 and 525600),
  max_waiting  integer,
  auto_accept  boolean not null default false,
  weight_fit    double precision not null default 0.35,
  weight_free   double precision not null default 0.25,
  weight_sticky double precision not null default 0.25,
  weight_idle   double precision not null default 0.15,
  rev          bigint not null default 1,
  changed_at   timestamptz not null
);

create table skill (
  id           text collate "C" primary key,
  name         text not null,
  kind         smallint not null,
  is_mandatory boolean not null default false
);

create table agent (
  id            text collate "C" primary key,
  name          text not null,
  most          jsonb not null default '{}',
  shift_ends_at timestamptz,
  next_shift_at timestamptz,
  rev           bigint not null default 1,
  changed_at    timestamptz not null
);

create table agent_skill (
  agent_id        text collate "C" not null references agent (id) on delete cascade,
  skill_id        text collate "C" not null references skill (id) on delete cascade,
  level           smallint not null check (level between 1 and 5),
  certified_until timestamptz,
  source          text,
  primary key (agent_id, skill_id)
);
create index agent_skill_skill on agent_skill (skill_id, level);

create table queue_member (
  queue_id   text collate "C" not null references queue (id) on delete cascade,
  agent_id   text collate "C" not null references agent (id) on delete cascade,
  is_primary boolean not null,
  primary key (queue_id, agent_id)
);
create index queue_member_agent on queue_member (agent_id);

create table presence (
  agent_id       text collate "C" primary key references agent (id) on delete cascade,
  status         smallint not null,
  since          timestamptz not null,
  accepts        text[] not null,
  last_heartbeat timestamptz not null,
  reason         text,
  misses         integer not null default 0,
  -- True: work of a disconnected agent was given to others already.
  is_emptied     boolean not null default false
) with (fillfactor = 70);
create index presence_heartbeat on presence (last_heartbeat) where status not in (0, 8);
create index presence_gone on presence (since) where status = 8 and not is_emptied;

-- Units of an agent. Changed by the functions below only: they are the one place that keeps used + reserved within the total.
create table load (
  agent_id         text collate "C" primary key references agent (id) on delete cascade,
  total            integer not null default 100 check (total between 0 and 10000),
  used             integer not null default 0 check (used >= 0),
  reserved         integer not null default 0 check (reserved >= 0),
  -- Pieces of work by channel, those offered counted.
  open             jsonb not null default '{}',
  last_assigned_at timestamptz,
  assigned_on      date,
  assigned         integer not null default 0,
  busy_since       timestamptz,
  -- When there was work at hand, as far as it lies in the last hour.
  busy             tstzmultirange not null default '{}'
) with (fillfactor = 70);

create table offer (
  task_id    text collate "C" not null references task (id) on delete cascade,
  offer_no   integer not null,
  agent_id   text collate "C" not null,
  queue_id   text collate "C" not null,
  -- 0 open, 1 accepted, 2 declined, 3 timed out, 4 withdrawn.
  state      smallint not null,
  weight     integer not null,
  channel    text not null,
  offered_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at   timestamptz,
  reason     text,
  primary key (task_id, offer_no)
);
create index offer_open on offer (agent_id) where state = 0;

create table why (
  task_id    text collate "C" not null references task (id) on delete cascade,
  offer_no   integer not null,
  at         timestamptz not null,
  chosen     text collate "C" not null,
  candidates text not null,
  rejected   text not null,
  primary key (task_id, offer_no)
);

create table desk_alarm (
  key        text collate "C" primary key,
  kind       text not null,
  subject    text not null,
  message    text not null,
  raised_at  timestamptz not null,
  cleared_at timestamptz
);
create index desk_alarm_standing on desk_alarm (kind) where cleared_at is null;

-- How often a channel counts in a load, changed by some.
create function load_count(open jsonb, channel text, change integer) returns jsonb language sql immutable as $$
  select case
    when coalesce((open ->> channel)::integer, 0) + change <= 0 then open - channel
    else jsonb_set(open, array[channel], to_jsonb(coalesce((open ->> channel)::integer, 0) + change))
  end
$$;

-- Reserves units for an offer. False: they do not fit, or the channel has as many pieces as allowed.
create function load_reserve(agent text, channel_of text, units integer) returns boolean language plpgsql as $$
begin
  update load l
  set reserved = l.reserved + units,
      open = load_count(l.open, channel_of, 1)
  from agent a
  where l.agent_id = agent
    and a.id = agent
    and l.used + l.reserved + units <= l.total
    and coalesce((l.open ->> channel_of)::integer, 0) < coalesce((a.most ->> channel_of)::integer, 2147483647);
  return found;
end $$;

-- Gives back the units of an offer.
create function load_withdraw(agent text, channel_of text, units integer) returns boolean language plpgsql as $$
begin
  update load
  set reserved = reserved - units,
      open = load_count(open, channel_of, -1)
  where agent_id = agent;
  return found;
end $$;

-- Takes work: from_offer uses what was reserved for it; is_override takes it over the limit. False: it does not fit.
create function load_take(agent text, channel_of text, units integer, from_offer boolean, is_override boolean, moment timestamptz)
returns boolean language plpgsql as $$
begin
  update load l
  set used = l.used + units,
      reserved = l.reserved - case when from_offer then units else 0 end,
      open = case when from_offer then l.open else load_count(l.open, channel_of, 1) end,
      last_assigned_at = moment,
      assigned = case when l.assigned_on = (moment at time zone 'UTC')::date then l.assigned else 0 end + 1,
      assigned_on = (moment at time zone 'UTC')::date,
      busy_since = coalesce(l.busy_since, moment)
  from agent a
  where l.agent_id = agent
    and a.id = agent
    and (
      from_offer
      or is_override
      or (
        l.used + l.reserved + units <= l.total
        and coalesce((l.open ->> channel_of)::integer, 0) < coalesce((a.most ->> channel_of)::integer, 2147483647)
      )
    );
  return found;
end $$;

-- What somebody has at the moment when the units begin to be counted: work can be held by who is no agent yet.
create function load_held(agent text, out used integer, out open jsonb) language sql stable as $$
  select coalesce(sum(units), 0)::integer, coalesce(jsonb_object_agg(channel, pieces), '{}')
  from (
    select channel, sum(weight) as units, count(*) as pieces
    from task
    where assignee = agent and state in (3, 4) and not is_suspended
    group by channel
  ) as held
$$;

-- Gives back the units of work. Work that was taken in the instant before the units were counted has none to give back. Offers that stand are no work at
-- hand: whoever has only those is not busy.
create function load_release(agent text, channel_of text, units integer, moment timestamptz) returns boolean language plpgsql as $$
begin
  update load
  set used = greatest(used - units, 0),
      open = load_count(open, channel_of, -1),
      busy = case
        when used <= units and busy_since is not null and busy_since < moment
          then (busy + tstzmultirange(tstzrange(busy_since, moment))) * tstzmultirange(tstzrange(moment - interval '1 hour', moment))
        else busy
      end,
      busy_since = case when used <= units then null else busy_since end
  where agent_id = agent;
  return found;
end $$;
