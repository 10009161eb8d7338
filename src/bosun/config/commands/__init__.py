"""The subcommands of `bosun`, one module each, with `add_arguments(parser)` and `run(options) -> int`."""
