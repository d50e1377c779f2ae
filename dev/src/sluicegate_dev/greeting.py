"""What `make dev` prints when it is ready: addresses, sign-in links, and two requests to try."""

from collections.abc import Iterable, Mapping

from sluicegate_dev.folder import DevFolder
from sluicegate_dev.keys import PEOPLE

_TEXT = """
  pages          {origin}/admin/agent-checkpoints
  jobs           {origin}/api/agent-jobs
  checkpoints    {origin}/api/admin/agent-checkpoints
  metrics        {origin}/api/metrics
  Kafka          {bootstrap_servers}
  workspace      {workspace}
  all of it      {dev_file}
  logs           {logs}

  Sign in, each link once and within ten minutes; `sluicegate login NAME` makes another:

{links}

  Submit a job:

    curl -s {origin}/api/agent-jobs \\
      -H 'Authorization: Bearer {submitter}' -H 'Content-Type: application/json' \\
      -d '{{"jobType": "code-generation", "taskDescription": "Generate user authentication code", \
"inputData": {{"files": [{{"path": "lib/auth.ts", "content": "export const ok = true;"}}]}}, "priority": 8}}'

  Approve what waits, as somebody else:

    curl -s -X POST -H 'Authorization: Bearer {approver}' \\
      {origin}/api/admin/agent-checkpoints/$(curl -s -H 'Authorization: Bearer {approver}' \\
      '{origin}/api/admin/agent-checkpoints?kind=approval&limit=1' | \
python3 -c 'import json, sys; print(json.load(sys.stdin)["items"][0]["checkpointId"])')

  Ctrl-C stops everything.
"""


def greeting(
    origin: str, bootstrap_servers: str, folder: DevFolder, api_keys: Mapping[str, str], links: Mapping[str, str]
) -> str:
    """The text, ready to print. `links` sign people in, by their name."""
    return _TEXT.format(
        origin=origin,
        bootstrap_servers=bootstrap_servers,
        workspace=folder.workspace,
        dev_file=folder.dev_file,
        logs=folder.logs,
        links="\n".join(map(_line, PEOPLE, PEOPLE.values(), map(links.get, PEOPLE))),
        submitter=api_keys["submitter"],
        approver=api_keys["approver"],
    )


def _line(name: str, roles: Iterable[str], link: str | None) -> str:
    who = f"{name} ({', '.join(roles)})"
    return f"    {who:<22} {link or f'sluicegate login {name}'}"
