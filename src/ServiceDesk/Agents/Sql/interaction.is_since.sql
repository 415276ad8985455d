-- Whether the customer has said something about a case since a moment. $1 case, $2 moment. Index: interaction_case.
select exists (
  select from interaction
  where case_id = $1 and direction = 'inbound' and state <> 'spam' and received_at > $2
)
