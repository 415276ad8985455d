-- Who sent a contact. $1 id. Uses the primary key.
select sender_kind, sender from interaction where id = $1 and sender is not null
