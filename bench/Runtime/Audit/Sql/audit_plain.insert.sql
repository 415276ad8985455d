-- One row. $1 number, $2 moment, $3 subject, $4 JSON, $5 hash.
insert into audit_plain (
  number, at, actor_kind, actor_id, actor, address, session, action, subject, permission, outcome, begun, before, wanted, after, prev_hash, hash
)
values ($1, $2, 1, 'p-ann', 'ann', '192.0.2.7', 's-1', 'definition.publish', $3, 'definitions:publish', 1, 0, $4, null, $4, $5, $5)
