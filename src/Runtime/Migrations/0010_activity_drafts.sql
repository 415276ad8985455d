-- ServiceLoop, migration 10: drafts, too, are told as activities, as a call site may name one.
drop index definition_version_activity;
create index definition_version_activity on definition_version (definition_id, version) where usable_as_activity and not is_snapshot;
