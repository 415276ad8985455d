-- So that plans and caches are as in daily work. No parameters.
vacuum analyze
