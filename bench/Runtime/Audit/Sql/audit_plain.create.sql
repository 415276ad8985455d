-- A table as the audit log's, with its indexes, without its triggers and its chain.
create table audit_plain (like audit_entry including indexes)
