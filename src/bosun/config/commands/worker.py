"""Do what waits: jobs, deliveries and what is due; as many of these as wanted, on as many machines."""

import argparse
import os

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from bosun.config import reborn
from bosun.lib import openfiles
from bosun.platform.jobs import worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How wide."""
    parser.add_argument("--processes", type=int, default=int(os.environ.get("BOSUN_WORKER_PROCESSES") or cores()))


def cores() -> int:
    """How many processes suit this machine when nobody says: where one is killed, the other goes on."""
    return min(2, os.cpu_count() or 1)


def run(options: argparse.Namespace) -> int:
    """Work until told to stop; one that is killed is begun anew at once."""
    warm()
    return reborn.run(worker.run, options.processes)


def warm() -> None:
    """Load what the first message would wait for, and what could not be loaded any more where open files are scarce."""
    openfiles.load_codecs()
    get_template("deliveries/message.html")
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Open")
