"""`job-control` and `fleet-control`."""

from typing import Any

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.kafka.ports import Record
from sluicegate_schemas import envelope
from sluicegate_schemas.fleet_control import FleetControl
from sluicegate_schemas.job_control import EVERY_JOB, Action, JobControl
from sluicegate_worker.operations.receive_control import BeginReport, ReceiveControl, ReceiveFleetControl, ReportJob


def job_control(record: Record) -> Operation[Any]:
    """Cancel, retry, or a call for the latest state."""
    asked = envelope.read(JobControl, record.value, record.headers).data
    assert isinstance(asked, JobControl)
    if asked.action is not Action.REPORT:
        return ReceiveControl(asked)
    if asked.job_id == EVERY_JOB:
        return BeginReport(asked.control_id)
    return ReportJob(asked.control_id, asked.job_id)


def fleet_control(record: Record) -> Operation[Any]:
    """Start or stop the fleet."""
    asked = envelope.read(FleetControl, record.value, record.headers).data
    assert isinstance(asked, FleetControl)
    return ReceiveFleetControl(asked.version, asked.desired)
