-- Whether there is an administrator beside one, who can sign in. $1 id of the one. person_roles.
select exists (select 1 from person where id <> $1 and roles @> '{admin}' and not is_disabled)
