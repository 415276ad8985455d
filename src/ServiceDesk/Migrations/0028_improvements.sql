-- ServiceLoop, migration 28: improvements, one PDCA cycle each. What is said of one is in its body; the columns are what is looked for.

create table improvement (
  id         text collate "C" primary key,
  rev        bigint not null default 1,
  state      text not null,
  team       text not null,
  category   text not null,
  root_cause text not null,
  kpi        text not null,
  score      double precision not null,
  is_bound   boolean not null,
  body       text not null,
  -- The last thing that was done: done again, it changes nothing.
  operation  text not null,
  made_at    timestamptz not null,
  changed_at timestamptz not null
);
create index improvement_list on improvement (made_at desc, id desc);
-- The same problem is worked on once.
create unique index improvement_problem on improvement (category, root_cause, kpi) where state not in ('closed', 'rejected', 'merged');
create index improvement_rank on improvement (team, is_bound desc, score desc, made_at) where state = 'registered';
