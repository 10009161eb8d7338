"""The settings, the addresses, the list of installed modules, and the `bosun` command line."""
