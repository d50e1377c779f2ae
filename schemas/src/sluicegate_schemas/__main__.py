"""`generate | check | freeze`: the files that others read of the contracts. `topics`: the broker that carries them."""

import argparse
import sys

from sluicegate_schemas.generate import REPOSITORY, check, freeze, generate


def main() -> int:
    """The exit code: 1 if the files, the promise or the broker are not as they should be."""
    parser = argparse.ArgumentParser(prog="python -m sluicegate_schemas", description=__doc__)
    parser.add_argument("command", choices=["generate", "check", "freeze", "topics"])
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="…", help="for topics: `topics --help`")
    arguments = parser.parse_args()
    if arguments.command == "topics":
        return _topics(arguments.words)
    if arguments.command == "generate":
        lines = [f"wrote {path.relative_to(REPOSITORY)}" for path in generate()]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        return 0
    findings = check() if arguments.command == "check" else freeze()
    sys.stderr.write("".join(f"{finding}\n" for finding in findings))
    return 1 if findings else 0


def _topics(words: list[str]) -> int:
    try:
        from sluicegate_schemas.broker import command
    except ModuleNotFoundError as error:
        sys.stderr.write(f"topics needs {error.name}: pip install 'sluicegate-schemas[kafka]'\n")
        return 2
    return command.main(words)


if __name__ == "__main__":
    sys.exit(main())
