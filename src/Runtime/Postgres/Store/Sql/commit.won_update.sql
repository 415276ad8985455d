-- Part of a commit: who won, when all instances existed. No parameters.
won as (select n from saved)
