-- What was applied, in order. No parameters. Index: schema_migration_pkey.
select version, name, checksum
from schema_migration
order by version
