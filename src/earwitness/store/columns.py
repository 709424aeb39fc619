"""What the tables of the catalog have in common."""

from typing import Any

import sqlalchemy as sa

from earwitness.store.types import Id, Moment, Name

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def column(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    """A column that is never null, with what it means."""
    options.setdefault("nullable", False)
    return sa.Column(name, kind, comment=comment, **options)


def maybe(name: str, kind: Any, comment: str) -> sa.Column[Any]:
    """A column that may be null."""
    return column(name, kind, comment, nullable=True)


def clock(name: str, comment: str, *, nullable: bool = False) -> tuple[sa.Column[Any], sa.Column[Any]]:
    """`<name>_at` on the calendar and `<name>_ns` on the conversation's clock."""
    return (
        column(f"{name}_at", Moment, f"{comment}, UTC", nullable=nullable),
        column(f"{name}_ns", sa.BigInteger, f"{comment}, ns since the conversation began", nullable=nullable),
    )


def of_conversation() -> list[Any]:
    """The two columns that say whose a row is. It goes when the conversation goes."""
    return [
        column("workspace_id", Name, "tenant the row belongs to"),
        column("conversation_id", Id, "conversation the row belongs to"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            ondelete="CASCADE",
        ),
    ]


def of_leg(*, nullable: bool = False) -> list[Any]:
    """The leg a row was seen on. It goes when the leg goes."""
    return [
        column("leg_id", Id, "leg on which it was seen", nullable=nullable),
        sa.ForeignKeyConstraint(
            ["conversation_id", "leg_id"], ["legs.conversation_id", "legs.id"], ondelete="CASCADE"
        ),
        sa.Index(None, "conversation_id", "leg_id"),
    ]


def sequence(name: str, *columns: Any, comment: str) -> sa.Table:
    """A table of things that have no key of their own but their place in the conversation."""
    return sa.Table(
        name,
        metadata,
        *of_conversation(),
        column("position", sa.Integer, "place in the conversation, from 0"),
        *columns,
        sa.PrimaryKeyConstraint("conversation_id", "position"),
        comment=comment,
    )
