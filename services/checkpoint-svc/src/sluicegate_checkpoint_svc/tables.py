"""The tables that operations lock and write, in the order in which every replica locks them."""

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint, ClosedRun, Exhibit
from sluicegate_checkpoint_svc.domain.discussing import Comment
from sluicegate_checkpoint_svc.domain.news import News
from sluicegate_checkpoint_svc.domain.signing_in import LoginLink, Session
from sluicegate_kit.db.table import Table

CLOSED_RUNS = Table("closed_runs", ClosedRun, key="job_id")
CHECKPOINTS = Table("checkpoints", Checkpoint, key="checkpoint_id")
EXHIBITS = Table("exhibits", Exhibit, key="checkpoint_id", insert_only=True)
COMMENTS = Table("comments", Comment, key="comment_id", insert_only=True)
LOGIN_LINKS = Table("login_links", LoginLink, key="sha256")
SESSIONS = Table("sessions", Session, key="session_id")
NEWS = Table("news", News, key="news_id", insert_only=True)

TABLES = (CLOSED_RUNS, CHECKPOINTS, EXHIBITS, COMMENTS, LOGIN_LINKS, SESSIONS, NEWS)
"""A run's end comes before its checkpoints, so that a checkpoint recorded meanwhile sees it."""
