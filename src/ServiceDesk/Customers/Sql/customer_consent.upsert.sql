-- What a customer has agreed to, or taken back. $1 customer, $2 purpose, $3 given, $4 source, $5 now.
insert into customer_consent (customer_id, purpose, is_given, source, at)
values ($1, $2, $3, $4, $5)
on conflict (customer_id, purpose) do update
set is_given = excluded.is_given, source = excluded.source, at = excluded.at
