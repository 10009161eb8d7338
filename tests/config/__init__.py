"""Settings, command line, supervisor."""
