"""What the api is told by its environment."""

from pathlib import Path

from pydantic import Field

from sluicegate_api.domain.silence import Silence
from sluicegate_kit.settings import PageSettings, Seconds, StoringSettings
from sluicegate_schemas.limits import INPUT_BYTES


class ApiSettings(StoringSettings, PageSettings):
    """The variables that only the api reads."""

    mac_key_file: Path = Field(
        description="the file of the keys that api and worker share, for sg_mac: one a line; "
        "the first one seals, each one is believed"
    )
    enable_agent_worker: bool = Field(False, validation_alias="ENABLE_AGENT_WORKER")
    """Start the fleet, if nobody has started or stopped it yet."""
    report_first_seconds: Seconds = 600
    """The workers are asked about a job that has been silent for so long, then after twice as long, and so on."""
    report_max_seconds: Seconds = 86_400
    """The longest of those waits."""
    report_interval_seconds: Seconds = 1
    """How often to look for jobs that have gone silent."""
    max_input_bytes: int = Field(INPUT_BYTES, ge=1)
    """A request whose input is larger is refused with 413."""

    def silence(self) -> Silence:
        """How long a job may be silent."""
        return Silence(self.report_first_seconds, self.report_max_seconds)
