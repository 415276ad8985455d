-- Reads the end of the chain. No parameters. One row.
select number, hash
from audit_head
