"""Where the pages are."""

from uuid import UUID

SIGN_OUT = "/admin/sign-out"
"""At checkpoint-svc, which keeps the sessions."""
JOBS = "/admin/agent-jobs"
JOBS_EVENTS = f"{JOBS}/events"
JOBS_ROWS = f"{JOBS}/rows"
NEW = f"{JOBS}/new"
JOB = f"{JOBS}/{{jobId}}"
JOB_TIMELINE = f"{JOB}/timeline"
JOB_EVENTS = f"{JOB}/events"
JOB_RAW = f"{JOB}/raw"
JOB_DATA = f"{JOB}/data/{{part}}"
JOB_CANCEL = f"{JOB}/cancel"
JOB_RETRY = f"{JOB}/retry"
WORKER = "/admin/agent-worker"
WORKER_EVENTS = f"{WORKER}/events"
WORKER_START = f"{WORKER}/start"
WORKER_STOP = f"{WORKER}/stop"
LETTERS = "/admin/dead-letters"
LETTERS_REDRIVE = f"{LETTERS}/redrive"
LETTER = f"{LETTERS}/{{id}}"
LETTER_REDRIVE = f"{LETTER}/redrive"


def job(job_id: str) -> str:
    """One job. Its id holds nothing that a path would take for something else."""
    return f"{JOBS}/{job_id}"


def review(checkpoint_id: UUID) -> str:
    """One checkpoint, at checkpoint-svc."""
    return f"/admin/agent-checkpoints/{checkpoint_id}"


def letter(dead_letter_id: UUID) -> str:
    """One dead letter."""
    return f"{LETTERS}/{dead_letter_id}"
