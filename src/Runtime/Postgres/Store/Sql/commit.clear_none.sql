-- Part of a commit that removes no work. No parameters.
cleared as (select null::bigint as id where false)
