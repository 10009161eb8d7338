"""Do what waits: jobs, deliveries and what is due; as many of these as wanted, on as many machines."""

import argparse

from bosun.platform.jobs import worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(options: argparse.Namespace) -> int:
    """Work until told to stop."""
    return worker.run()
