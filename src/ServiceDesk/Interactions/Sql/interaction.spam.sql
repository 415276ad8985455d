-- Nobody is to act on a contact. $1 id. Uses the primary key.
update interaction set state = 'spam' where id = $1 and state <> 'spam'
