-- Listens for changed definitions; the name is NotifyListener.Channel. No parameters.
listen serviceloop_definitions
