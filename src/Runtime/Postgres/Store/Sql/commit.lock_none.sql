-- Part of a commit in which no burst did queued work. No parameters.
locked as (select null::bigint as id where false)
