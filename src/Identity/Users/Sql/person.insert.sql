-- A new person. $1 id, $2 name, $3 name in upper case, $4 display name, $5 e-mail, $6 language, $7 time zone, $8 password hash, $9 must change it, $10 roles,
-- $11 teams, $12 regions, $13 issuer, $14 subject, $15 moment. Nothing happens when the name, or the subject, is taken.
insert into person (id, name, name_key, display_name, email, language, time_zone, password_hash, password_at, must_change_password, is_disabled,
                    roles, teams, regions, issuer, subject, row_version, created_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $15, $9, false, $10, $11, $12, $13, $14, 1, $15, $15)
on conflict do nothing
