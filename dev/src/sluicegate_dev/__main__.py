"""`python -m sluicegate_dev`: Ctrl-C ends it quietly, also while Python still loads the rest."""

import signal
import sys


def run() -> int:
    """The exit code of the command line."""
    # Python's own handler raises KeyboardInterrupt wherever it is, and prints a page. `up` sets its handler over this.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from sluicegate_dev.command_line import main

    return main()


if __name__ == "__main__":
    sys.exit(run())
