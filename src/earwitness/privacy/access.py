"""One asking, from the knock to the answer: written into the audit log once, before the answer leaves."""

import getpass
from collections.abc import Mapping
from copy import copy
from typing import Any

from earwitness.privacy.audit import Audit, Outcome

READ_RAW = "read-raw"  # what redaction takes out was asked for


class Access:
    """Who asks what. Whoever opens the desk makes it; the desk adds which conversation it came to.

    With `is_late` the entry waits for `note`, by whoever knows how it came out; otherwise it is written at
    the first thing that is touched, and with `is_repeated` at each.
    """

    def __init__(
        self,
        audit: Audit,
        action: str,
        *,
        workspace: str,
        actor: str,
        facts: Mapping[str, Any] | None = None,
        is_late: bool = False,
        is_repeated: bool = False,
        **private: Any,
    ) -> None:
        self.audit = audit
        self.action = action
        self.workspace = workspace
        self.actor = actor
        self.facts = dict(facts or {})
        self.private = private
        self.is_noted = False
        self._is_late = is_late
        self._is_repeated = is_repeated
        self._conversation: str | None = None
        self._subject: str | None = None

    def of_raw(self, reason: str) -> "Access":
        """The same asking, for what redaction takes out."""
        other = copy(self)
        other.action, other.private = READ_RAW, {**self.private, "reason": reason}
        return other

    def touch(self, conversation: str | None = None, subject: str | None = None) -> None:
        """It comes to this conversation, or to none in particular."""
        if self._is_repeated:
            self._conversation, self._subject, self.is_noted = None, None, False
        if self.is_noted:
            return
        self._conversation = self._conversation or conversation
        self._subject = self._subject or subject
        if not self._is_late:
            self.note()

    def hand_out(self, conversation: str, subject: str | None) -> None:
        """One of many conversations leaves by this asking: an entry of its own, so that each can be asked
        who took it. Raises `StorageUnavailable`."""
        self.audit.note(
            self.action,
            workspace=self.workspace,
            conversation=conversation,
            facts=self.facts,
            **{"actor": self.actor, "subject": subject, **self.private},
        )

    def miss(self, asked: str) -> None:
        """There is nothing of that name, at least for whoever asks."""
        self.private["asked"] = asked[:200]
        if not self._is_late:
            self.note(Outcome.DENIED)

    def note(self, outcome: Outcome = Outcome.DONE, **facts: Any) -> None:
        """Write it down, unless it is. Raises `StorageUnavailable`: then nothing may be answered."""
        if self.is_noted:
            return
        self.audit.note(
            self.action,
            workspace=self.workspace,
            outcome=outcome,
            conversation=self._conversation,
            facts={**self.facts, **facts},
            **{"actor": self.actor, "subject": self._subject, **self.private},
        )
        self.is_noted = True


def os_user(way: str) -> str:
    """Whoever runs this program, as the operating system calls them: `cli:ana`."""
    try:
        return f"{way}:{getpass.getuser()}"
    except (KeyError, OSError):  # no name in the password database, as in a container
        return f"{way}:unknown"
