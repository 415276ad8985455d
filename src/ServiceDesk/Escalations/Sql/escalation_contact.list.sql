-- Who is told in which role; a company has few.
select role, recipient, calendar_id, is_on_call, rank, address, language
from escalation_contact
order by role, rank, recipient
