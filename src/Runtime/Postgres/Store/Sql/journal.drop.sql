-- Drops a partition. $1 name. See migration 2.
select journal_drop($1)
