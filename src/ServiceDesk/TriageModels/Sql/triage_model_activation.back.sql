-- Goes back to the model that was in force before. $1 now, $2 who. Answers its version; no row when there was none. Uses the primary key.
-- Going back twice goes on to the one before that: what was left by going back does not count.
with recursive trail as (
  select array_agg(version order by seq) as versions from triage_model_activation
), walk (place, stack) as (
  select 1, array[t.versions[1]] from trail t where t.versions is not null
  union all
  select w.place + 1,
    case
      when cardinality(w.stack) > 1 and t.versions[w.place + 1] = w.stack[cardinality(w.stack) - 1] then w.stack[:cardinality(w.stack) - 1]
      else w.stack || t.versions[w.place + 1]
    end
  from walk w, trail t
  where w.place < cardinality(t.versions)
)
insert into triage_model_activation (version, at, by)
select w.stack[cardinality(w.stack) - 1], $1, $2
from walk w, trail t
where w.place = cardinality(t.versions) and cardinality(w.stack) > 1
returning version
