-- ServiceLoop, migration 5: instances are listed, filtered, counted, searched and paged quickly among a million.
-- What an index holds here changes only when an instance is made, ends, is repaired or gets another name: a burst from suspended to suspended still
-- touches no index. So neither updated_at nor the sub-status of those that run is in one; see InstanceLists.

-- The sub-status of those that ended; null while one runs.
alter table workflow_instance
  add column ended_as smallint generated always as (case when finished_at is not null then sub_status end) stored;

-- The end of one that ended is its last commit: what was changed by hand afterwards ended anew.
update workflow_instance set finished_at = updated_at where finished_at <> updated_at;

-- With the columns that filters ask for most, so that pages far behind and counts read the index alone.
drop index workflow_instance_created;
create index workflow_instance_created on workflow_instance (created_at desc, id desc)
  include (definition_id, ended_as, finished_at, incident_count);
drop index workflow_instance_definition;
create index workflow_instance_definition on workflow_instance (definition_id, created_at desc, id desc)
  include (ended_as, finished_at, incident_count);
drop index workflow_instance_version;
create index workflow_instance_version on workflow_instance (version_id, created_at desc, id desc);
-- Faulted and cancelled ones are few. Those that finished are found on the way.
create index workflow_instance_ended on workflow_instance (ended_as, created_at desc, id desc) include (definition_id) where ended_as <> 3;
-- With those that run, for the order.
drop index workflow_instance_finished;
create index workflow_instance_finished on workflow_instance (finished_at desc nulls last, id desc);
create index workflow_instance_name on workflow_instance ((coalesce(name, '') collate "C"), id) include (name);
-- Any part of a name or a correlation id. Not a partial index: of such a one the planner uses no statistics, and takes every word for a rare one.
create index workflow_instance_text on workflow_instance
  using gin ((((coalesce(name, '') collate "default") || ' ' || (coalesce(correlation_id, '') collate "default"))) gin_trgm_ops);
