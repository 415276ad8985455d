-- Listens for changed definitions, observed instances and changed rights; the names are those in NotifyListener. No parameters.
listen serviceloop_definitions;
listen serviceloop_observed;
listen serviceloop_moved;
listen serviceloop_people
