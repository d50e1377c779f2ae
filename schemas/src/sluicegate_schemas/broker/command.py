"""`python -m sluicegate_schemas topics …`: shows what is declared, compares a broker with it, brings a broker up to it.

The broker is found, and the password, certificates and so on, by the same variables that the services read
(`SLUICEGATE_KAFKA_…`). Exit codes: 0, all is as declared; 1, something differs and is named; 2, wrong arguments or
settings; 3, the broker did not answer, or refused.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import TimeoutError as NoAnswer
from typing import TextIO

from confluent_kafka import KafkaException

from sluicegate_schemas.broker.broker import Broker, NotShown
from sluicegate_schemas.broker.plan import Plan, User, plan_rights, plan_topics
from sluicegate_schemas.broker.settings import KafkaSettings
from sluicegate_schemas.environment import SettingsError, load
from sluicegate_schemas.rights import Right, UnsafeUser, rights_of, user_of
from sluicegate_schemas.topics import DAY_MS, TOPICS, Party

AS_DECLARED, DIFFERS, MISUSED, NO_BROKER = range(4)


def main(words: Sequence[str]) -> int:
    """Do what the command line asks; the exit code."""
    arguments = _parser().parse_args(words)
    try:
        users = None if arguments.users is None else _users(arguments.users)
        if arguments.action == "show":
            return _show(users)
        given = {"kafka_bootstrap_servers": arguments.bootstrap_servers} if arguments.bootstrap_servers else {}
        settings = load(KafkaSettings, **given)
        broker = Broker(settings.kafka_bootstrap_servers, settings.kafka_security())
        return _on_broker(broker, users, arguments)
    except (SettingsError, UnsafeUser, _UnknownParty) as error:
        return _say_no(MISUSED, str(error))


def _on_broker(broker: Broker, users: Sequence[User] | None, arguments: argparse.Namespace) -> int:
    try:
        plan = _plan(broker, users, raise_partitions=arguments.raise_partitions)
        return _check(plan) if arguments.action == "check" else _apply(broker, plan)
    except KafkaException as error:
        reason = error.args[0].str()
    except (NotShown, NoAnswer) as error:
        reason = str(error) or "no answer in time"
    trouble = broker.trouble()
    return _say_no(NO_BROKER, f"the broker did not do it: {reason}" + (f" ({trouble})" if trouble else ""))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sluicegate_schemas topics",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    show = actions.add_parser("show", help="print what is declared")
    check = actions.add_parser("check", help="say how the broker differs from it, and change nothing")
    apply = actions.add_parser("apply", help="create topics, set their configuration, grant rights")
    for action in (show, check, apply):
        action.add_argument(
            "--users",
            nargs="*",
            metavar="PARTY=USER",
            help="rights, too: each party's user is sluicegate-PARTY unless named here; upstream may have several",
        )
    for action in (check, apply):
        action.add_argument("--bootstrap-servers", help="instead of SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS")
        action.add_argument("--raise-partitions", action="store_true", help="add the partitions that a topic lacks")
    return parser


class _UnknownParty(Exception):
    """`--users` takes PARTY=USER."""

    def __init__(self, text: str) -> None:
        super().__init__(f"--users takes PARTY=USER, not {text!r}; the parties are {', '.join(Party)}")


def _users(texts: Iterable[str]) -> list[User]:
    named: list[User] = []
    for text in texts:
        party, separator, name = text.partition("=")
        if party not in set(Party) or not separator or not name:
            raise _UnknownParty(text)
        named.append(User(Party(party), name))
    has_one = {user.party for user in named}
    return [*named, *(User(party, user_of(party)) for party in Party if party not in has_one)]


def _plan(broker: Broker, users: Sequence[User] | None, *, raise_partitions: bool) -> Plan:
    topics = plan_topics(TOPICS, broker.topics(TOPICS), raise_partitions=raise_partitions)
    if users is None:
        return topics
    rights = plan_rights(users, broker.rights())
    return Plan((*topics.changes, *rights.changes), topics.refused, rights.noted)


def _show(users: Iterable[User] | None) -> int:
    for topic in TOPICS:
        days = topic.retention_ms / DAY_MS
        kept = f"{topic.partitions} partitions, {days:g} days, records up to {topic.max_message_bytes} bytes"
        _say(f"{topic.name}: {kept}; written by {_listed(topic.writers)}, read by {_listed(topic.readers)}")
    for user in users or ():
        for right in rights_of(user.party, user.name):
            _say(f"{user.principal} may {_words(right)}")
    return AS_DECLARED


def _check(plan: Plan) -> int:
    for line in (*(f"would {change}" for change in plan.changes), *plan.refused, *plan.noted):
        _say(line)
    if plan.changes or plan.refused:
        return DIFFERS
    _say("as declared")
    return AS_DECLARED


def _apply(broker: Broker, plan: Plan) -> int:
    broker.perform(plan.changes, done=lambda change: _say(str(change)))
    for line in plan.noted:
        _say(line)
    if not plan.changes:
        _say("nothing to change")
    return _say_no(DIFFERS, *plan.refused) if plan.refused else AS_DECLARED


def _words(right: Right) -> str:
    operations = ", ".join(right.operations)
    return f"{operations} {right.kind} {'beginning with ' if right.prefixed else ''}{right.name}"


def _listed(parties: Iterable[Party]) -> str:
    return ", ".join(sorted(parties))


def _say(line: str, stream: TextIO | None = None) -> None:
    (stream or sys.stdout).write(f"{line}\n")


def _say_no(code: int, *lines: str) -> int:
    for line in lines:
        _say(line, sys.stderr)
    return code
