"""A command that cannot go on says one sentence and ends with 1, without a trace of the program."""


class Failure(Exception):
    """Why a command stopped, in words for whoever typed it."""
