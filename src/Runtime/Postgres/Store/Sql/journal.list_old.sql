-- Partitions that ended at or before a moment. $1 moment. See migration 2.
select journal_months_before($1)
