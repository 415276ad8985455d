-- A case was heard up to a line. $1 case, $2 number of the line. Uses the primary key.
update case_news set heard_seq = $2 where case_id = $1
