-- Reads the end of the chain and keeps others from moving it until the transaction ends. No parameters. One row.
select number, hash
from audit_head
for update
