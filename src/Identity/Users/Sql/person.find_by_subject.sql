-- The person whom an authority knows. $1 issuer, $2 subject. person_subject.
select id, name, display_name, email, language, time_zone, password_hash, must_change_password, locked_until, totp_secret, totp_since,
       cardinality(recovery_codes), is_disabled, roles, teams, regions, issuer, subject, row_version, created_at, changed_at, seen_at
from person
where issuer = $1 and subject = $2
