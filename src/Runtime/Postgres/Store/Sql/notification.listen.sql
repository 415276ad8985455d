-- Listens for changed definitions and for observed instances; the names are those in NotifyListener. No parameters.
listen serviceloop_definitions;
listen serviceloop_observed;
listen serviceloop_moved
