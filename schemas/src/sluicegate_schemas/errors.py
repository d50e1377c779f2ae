"""What can be wrong with a record or a payload, one class per condition."""


class SchemaError(Exception):
    """The bytes do not keep the contract."""


class MalformedJson(SchemaError):
    """The bytes are not the JSON that the contracts allow."""


class MalformedRecord(SchemaError):
    """A Kafka record can't be read as the event that its topic carries.

    `code` is stable and is what a dead letter carries as `dl_code`; `reason` says what to mend.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class UnencodablePayload(SchemaError):
    """A payload or result holds a value that JSON can't carry exactly."""


class ForgedDecision(SchemaError):
    """A decision that the decision key did not sign."""
