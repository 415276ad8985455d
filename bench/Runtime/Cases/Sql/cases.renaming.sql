-- A row with ids of its own, wherever they stand in it. Made once in a database that is thrown away.
create function bench_renamed(document jsonb, n integer, ids text[]) returns jsonb language plpgsql immutable as $$
declare
  text text := document::text;
begin
  for i in 1 .. cardinality(ids) loop
    text := replace(text, ids[i], lpad(to_hex(i), 4, 'b') || lpad(to_hex(n), 28, '0'));
  end loop;
  return text::jsonb;
end $$
