-- Who is told in a role. $1 role, $2 recipients, $3 calendars, $4 on call, $5 ranks, $6 addresses, $7 languages.
insert into escalation_contact (role, recipient, calendar_id, is_on_call, rank, address, language)
select $1, t.recipient, t.calendar_id, t.is_on_call, t.rank, t.address, t.language
from unnest($2::text[], $3::text[], $4::boolean[], $5::integer[], $6::text[], $7::text[])
  as t (recipient, calendar_id, is_on_call, rank, address, language)
