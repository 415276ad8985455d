-- Listens no more, on any channel. No parameters.
unlisten *
