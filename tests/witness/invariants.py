"""The guarantees as checkers over the evidence; each gives what violates it, in words. ARCHITECTURE.md states them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from tests.witness.effect_sink import Effect
from tests.witness.evidence import Evidence

TERMINAL = frozenset({"succeeded", "failed", "rejected", "expired", "cancelled"})

Violations = Iterator[str]


def accepted_means_kept(evidence: Evidence) -> Violations:
    """G1: each accepted job has a run, each run one end or a wait that it names."""
    runs = {row["job_id"]: row for row in evidence.worker["runs"]}
    projected = {row["job_id"] for row in evidence.api["jobs"]}
    for job in evidence.accepted:
        if job not in runs:
            yield f"{job} was accepted, and the worker has no run of it"
        if job not in projected:
            yield f"{job} was accepted, and the api does not show it"
    for row in evidence.worker["runs"]:
        if row["status"] in TERMINAL:
            if row["finished_at"] is None:
                yield f"{row['job_id']} has ended without a time"
        elif not (row["status"] == "waiting" and row["waiting_for"] is not None):
            yield f"{row['job_id']} rests as {row['status']} without naming what it waits for"
    for row in evidence.worker["past_runs"]:
        if row["status"] not in TERMINAL:
            yield f"run {row['run']} of {row['job_id']} was left behind as {row['status']}"
    for (job, run), number in Counter((row["job_id"], row["run"]) for row in evidence.runs).items():
        if number != 1:
            yield f"run {run} of {job} ended {number} times"


def no_ungated_effect(evidence: Evidence) -> Violations:
    """G2: every effect carries a decision that approved exactly its bytes, for its run."""
    decisions = {str(row["decision_id"]): row for row in evidence.decisions.values()}
    for effect in evidence.effects:
        decision = decisions.get(effect.decision)
        if decision is None:
            yield f"{effect.job} had an effect under a decision that nobody took"
        elif decision["state"] != "approved":
            yield f"{effect.job} had an effect though the decision was {decision['state']}"
        elif (decision["edited_digest"] or decision["payload_digest"]) != effect.digest:
            yield f"{effect.job} had an effect with other bytes than those approved"
        elif (decision["job_id"], decision["run"]) != (effect.job, effect.run):
            yield f"{effect.job} had an effect under another run's decision"


def one_decision(evidence: Evidence) -> Violations:
    """G3: everybody who was told "success" was told the decision that counts."""
    decisions = evidence.decisions
    for told in evidence.told:
        counts = decisions.get(told.checkpoint_id)
        if counts is None:
            yield f"{told.checkpoint_id} is undecided, and somebody was told {told.outcome}"
        elif (str(counts["decision_id"]), counts["state"]) != (told.decision_id, told.outcome):
            yield f"{told.checkpoint_id} is {counts['state']}, and somebody was told {told.outcome}"


def one_resume(evidence: Evidence) -> Violations:
    """G4: an effect behind a decision took place once; again only where a process broke down before the record."""
    performed: dict[tuple[str, str], list[Effect]] = defaultdict(list)
    for effect in evidence.effects:
        performed[effect.job, effect.key].append(effect)
    for (job, key), effects in performed.items():
        times = Counter(effect.process for effect in effects if effect.process not in evidence.slept)
        by_whole_processes = sum(number for process, number in times.items() if process not in evidence.killed)
        if by_whole_processes > 1 or any(number > 1 for number in times.values()):
            yield f"{job} had the effect {key} {len(effects)} times, by the processes {[e.process for e in effects]}"
    steps = {(row["job_id"], row["run"]) for row in evidence.worker["journal"] if row["name"] == "effect"}
    done = {(effect.job, effect.run) for effect in evidence.effects}
    for job, run in steps - done:
        yield f"run {run} of {job} recorded an effect that never took place"


def projections_converge(evidence: Evidence) -> Violations:
    """G6: the api shows what the worker and checkpoint-svc hold; the journal has what was decided."""
    shown = {row["job_id"]: row for row in evidence.api["jobs"]}
    for row in evidence.worker["runs"]:
        job = shown.get(row["job_id"])
        if job is None:
            yield f"the api does not show {row['job_id']}"
        elif (job["status"], job["run"]) != (row["status"], row["run"]):
            yield f"{row['job_id']} is {row['status']}, the api shows {job['status']} (run {job['run']})"
    decisions = evidence.decisions
    for row in evidence.api["job_decisions"]:
        counts = decisions.get(str(row["checkpoint_id"]))
        if counts is None or (counts["decision_id"], counts["state"]) != (row["decision_id"], row["outcome"]):
            yield f"the api shows {row['checkpoint_id']} as {row['outcome']}"
    journaled = {str(row["checkpoint_id"]): row for row in evidence.worker["journal"] if row["kind"] == "approval"}
    for checkpoint, entry in journaled.items():
        counts = decisions.get(checkpoint)
        if (counts and counts["decision_id"]) != entry["decision_id"]:
            yield f"the journal of {entry['job_id']} has another decision on {entry['name']}"


def fencing(evidence: Evidence) -> Violations:
    """G7: whoever has no lease publishes nothing: no `seq` twice with different content, no word after the end."""
    for job, lifecycles in evidence.lifecycles_of_jobs().items():
        by_seq: dict[int, str] = {}
        ended: dict[int, tuple[int, str]] = {}
        for lifecycle in sorted(lifecycles, key=lambda each: each.seq):
            if by_seq.setdefault(lifecycle.seq, lifecycle.status) != lifecycle.status:
                yield f"{job} told seq {lifecycle.seq} in two ways"
            end = ended.get(lifecycle.run)
            if end is not None and lifecycle.status != end[1]:
                yield f"run {lifecycle.run} of {job} was {lifecycle.status} after its end"
            if lifecycle.status in TERMINAL:
                ended.setdefault(lifecycle.run, (lifecycle.seq, lifecycle.status))


def poison_never_blocks(evidence: Evidence) -> Violations:
    """G9: every bad record is kept with its reason."""
    kept = {bytes(row["value"]).decode("utf-8", "replace"): row["code"] for row in evidence.api["dead_letters"]}
    for text, code in evidence.poison.items():
        if text not in kept:
            yield f"a bad record is not among the dead letters: {text[:60]}"
        elif kept[text] != code:
            yield f"a bad record was kept as {kept[text]} instead of {code}: {text[:60]}"


def nothing_unanswered(evidence: Evidence) -> Violations:
    """Every event has its answer: the outboxes are empty, and no control is pending."""
    for service, tables in (("api", evidence.api), ("worker", evidence.worker), ("checkpoint", evidence.checkpoint)):
        for row in tables["outbox"]:
            yield f"{service} still waits for {row['answer_key'] or 'the broker'} ({row['topic']})"
    for control in evidence.api["controls"]:
        if control["outcome"] is None:
            yield f"the {control['action']} of {control['job_id']} has no outcome"


INVARIANTS: dict[str, Callable[[Evidence], Violations]] = {
    "G1": accepted_means_kept,
    "G2": no_ungated_effect,
    "G3": one_decision,
    "G4": one_resume,
    "G6": projections_converge,
    "G7": fencing,
    "G9": poison_never_blocks,
    "answers": nothing_unanswered,
}


def violations(evidence: Evidence) -> list[str]:
    """Everything that is wrong, each with the guarantee that it breaks."""
    return [f"{name}: {text}" for name, check in INVARIANTS.items() for text in check(evidence)]
