"""Errors a caller can act on.

EarwitnessError
├── SettingsError       the configuration is wrong: mend it and start again
├── InvalidInput        what was sent cannot be taken: mend it and send again
├── NotFound            nothing of that name in this workspace
├── Denied              no credential, or not this right
├── Conflict            it exists already, or its state forbids this now
├── InUse               another process holds the data folder or the port
├── StorageUnavailable  disk, database or object store does not take it now: try later
└── Damaged             stored bytes are not what was written

Damage found while reading is not raised: it is data (a gap, a finding), and only a question that can
have no other answer raises `Damaged`.
"""


class EarwitnessError(Exception):
    """Something Earwitness was asked to do did not happen.

    `hint` says what to do next; `facts` carries the names and numbers of the case, for programs.
    """

    def __init__(self, message: str, *, hint: str = "", **facts: object) -> None:
        super().__init__(message)
        self.hint = hint
        self.facts = facts


class SettingsError(EarwitnessError):
    """The configuration cannot be used as it stands."""


class InvalidInput(EarwitnessError):
    """What was sent cannot be taken as it is."""


class NotFound(EarwitnessError):
    """There is nothing of that name here."""


class Denied(EarwitnessError):
    """The credential is missing, unknown, or lacks the right."""


class Conflict(EarwitnessError):
    """It exists already, or its present state forbids this."""


class InUse(EarwitnessError):
    """Another process holds what is needed."""


class StorageUnavailable(EarwitnessError):
    """A disk, database or object store does not take this now."""


class Damaged(EarwitnessError):
    """Stored bytes are not what was written."""
