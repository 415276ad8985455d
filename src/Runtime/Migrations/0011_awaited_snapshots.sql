-- ServiceLoop, migration 11: starts that wait for a snapshot of a draft, by its number; few at a time.
create index work_snapshot on work (target) where kind = 2 and target <> 0;
