-- Makes the partition of a month. $1 first moment of the month. See migration 2.
select journal_prepare($1)
