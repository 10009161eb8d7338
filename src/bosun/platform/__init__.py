"""Capabilities over any entity: people, rights, options, search, import, files, jobs."""
