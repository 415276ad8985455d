-- Remembers a migration in the transaction that applied it. $1 version, $2 name, $3 checksum, $4 applied at.
insert into schema_migration (version, name, checksum, applied_at)
values ($1, $2, $3, $4)
