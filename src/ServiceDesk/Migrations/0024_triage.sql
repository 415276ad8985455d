-- ServiceLoop, migration 24: what contacts want, what a classifier made of it, and what people made of that.

create table taxonomy (
  version integer primary key,
  intents jsonb not null,
  note    text,
  made_by text not null,
  made_at timestamptz not null
);

create table triage_result (
  id               text collate "C" primary key,
  case_id          text collate "C" not null references service_case (id),
  at               timestamptz not null,
  model_version    text not null,
  taxonomy_version integer not null,
  intent           text collate "C",
  category         text,
  queue            text,
  confidence       double precision not null,
  threshold        double precision not null,
  is_sure          boolean not null,
  -- The likeliest intents with their probabilities.
  ranked           jsonb not null,
  language         text not null,
  sentiment        double precision not null,
  is_angry         boolean not null,
  complexity       text not null,
  -- What was judged; goes with the customer who is erased.
  text             text
);
create index triage_result_case on triage_result (case_id, at);
create index triage_result_at on triage_result (at);

-- What a person says that a case is about: ground truth.
create table triage_correction (
  id              text collate "C" primary key,
  case_id         text collate "C" not null references service_case (id),
  at              timestamptz not null,
  by              text not null,
  reason          text,
  -- The judgement that it is about; none where a person was first.
  result_id       text collate "C" references triage_result (id),
  intent_before   text collate "C",
  intent          text collate "C" not null,
  category        text not null,
  queue           text,
  -- The case was sent somewhere, and that was wrong: in category or queue.
  is_misroute     boolean not null
);
create index triage_correction_case on triage_correction (case_id, at);
create index triage_correction_at on triage_correction (at desc, id desc);

create table service_mode_choice (
  id         text collate "C" primary key,
  case_id    text collate "C" not null references service_case (id),
  at         timestamptz not null,
  mode       text not null,
  reason     text not null,
  sentiment  double precision not null,
  is_angry   boolean not null,
  complexity text not null,
  contact_no integer not null,
  priority   smallint not null,
  has_answer boolean not null
);
create index service_mode_choice_case on service_mode_choice (case_id, at);

-- The same as CasePriority in the program, which a test compares: for statements that judge many cases at once.
create table service_case_priority (
  impact   text not null,
  urgency  text not null,
  priority smallint not null,
  primary key (impact, urgency)
);
insert into service_case_priority (impact, urgency, priority)
values
  ('many', 'urgent', 1), ('many', 'normal', 2), ('many', 'low', 3),
  ('one', 'urgent', 2), ('one', 'normal', 3), ('one', 'low', 3),
  ('minor', 'urgent', 3), ('minor', 'normal', 4), ('minor', 'low', 4);

-- What anger or a third contact makes of an urgency.
create table service_case_urgency (
  urgency text primary key,
  raised  text not null
);
insert into service_case_urgency (urgency, raised) values ('urgent', 'urgent'), ('normal', 'urgent'), ('low', 'normal');
