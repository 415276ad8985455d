-- People by name. $1 name in upper case to begin behind, $2 most, $3 a part of name, display name or e-mail, $4 a role, $5 a team, $6 teams and
-- $7 regions to which the look is limited (null: not), $8 oneself, always seen, $9 how they stand
-- (Active, Locked, Disabled; null: any) at $10. person_name_key_key in order; some thousands of rows at most.
select id, name, display_name, email, language, time_zone, password_hash, must_change_password, locked_until, totp_secret, totp_since,
       cardinality(recovery_codes), is_disabled, roles, teams, regions, issuer, subject, row_version, created_at, changed_at, seen_at
from person
where name_key > $1
  and ($3::text is null or position(upper($3) in name_key) > 0 or position(upper($3) in upper(display_name)) > 0
       or position(upper($3) in upper(coalesce(email, ''))) > 0)
  and ($4::text is null or roles @> array[$4])
  and ($5::text is null or teams @> array[$5])
  and ($9::text is null or case $9 when 'Disabled' then is_disabled
                                   when 'Locked' then not is_disabled and coalesce(locked_until > $10, false)
                                   else not is_disabled and coalesce(locked_until <= $10, true) end)
  and (id = $8 or (($6::text[] is null or teams && $6) and ($7::text[] is null or regions && $7)))
order by name_key
limit $2
