"""What somebody may do, whichever way they came: by an API key or as a user with a role."""

from enum import StrEnum

import msgspec


class Scope(StrEnum):
    """One thing that may be allowed."""

    CAPTURE = "capture"  # send legs through the tap
    WRITE = "write"  # add and change: messages, annotations, labels
    READ = "read"  # see the redacted view
    READ_RAW = "read-raw"  # see everything as it came
    AUDIT = "audit"  # see who did what
    ADMIN = "admin"  # all of these, and keys, users, deletion


ALSO = {Scope.ADMIN: frozenset(Scope), Scope.READ_RAW: frozenset({Scope.READ})}


class Role(StrEnum):
    """What a user is trusted with."""

    VIEWER = "viewer"  # reads
    REVIEWER = "reviewer"  # reads, also what was redacted, and annotates
    AUDITOR = "auditor"  # reads, and sees who did what
    ADMIN = "admin"  # everything in the workspace


SCOPES_OF = {
    Role.VIEWER: frozenset({Scope.READ}),
    Role.REVIEWER: frozenset({Scope.READ, Scope.READ_RAW, Scope.WRITE}),
    Role.AUDITOR: frozenset({Scope.READ, Scope.AUDIT}),
    Role.ADMIN: frozenset({Scope.ADMIN}),
}


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever holds a valid credential, as of now."""

    id: str  # key:<id>, user:<name> or subject:<id>: how the audit trail and limits name them
    name: str
    workspace_id: str
    scopes: frozenset[Scope]

    def allows(self, scope: Scope) -> bool:
        """Do they have this right, by itself or by a wider one?"""
        return any(scope is held or scope in ALSO.get(held, ()) for held in self.scopes)
