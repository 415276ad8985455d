-- The same starting point for all: statistics and visibility map up to date. No parameters.
vacuum analyze
