-- The first administrator. $1 id, $2 name, $3 name in upper case, $4 password hash, $5 moment. Only while there is nobody; called under the lock.
insert into person (id, name, name_key, display_name, password_hash, password_at, must_change_password, is_disabled, roles, teams, regions,
                    row_version, created_at, changed_at)
select $1, $2, $3, $2, $4, $5, true, false, '{admin}', '{}', '{}', 1, $5, $5
where not exists (select 1 from person)
