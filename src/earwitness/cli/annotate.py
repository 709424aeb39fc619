"""`earwitness annotate`."""

from typing import TYPE_CHECKING, Any

import click

from earwitness.cli.desk import (
    json_option,
    library_of,
    print_json,
    ref_argument,
    say,
    workspace_option,
)

if TYPE_CHECKING:
    from earwitness.store.annotations import AnnotationRow


@click.command("annotate")
@ref_argument
@click.option("--rating", type=click.IntRange(1, 5), help="How good it was, 1 to 5.")
@click.option("--note", "text", help="In words.")
@click.option("--from", "from_s", type=click.FloatRange(0), help="Where the span begins, seconds.")
@click.option("--to", "to_s", type=click.FloatRange(0), help="Where it ends.")
@click.option("--message", "message_key", help="Key of the message it is about.")
@click.option("--label", "labels", multiple=True, help="Give it this label.")
@click.option("--unlabel", multiple=True, help="Take this label away.")
@click.option("--remove", "removed", multiple=True, metavar="ANNOTATION", help="Take an annotation away.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    ref: str,
    rating: int | None,
    text: str | None,
    from_s: float | None,
    to_s: float | None,
    message_key: str | None,
    labels: tuple[str, ...],
    unlabel: tuple[str, ...],
    removed: tuple[str, ...],
    workspace: str,
    as_json: bool,
) -> None:
    """Rate a conversation, note something, mark a span, set labels; then show all of it.

    Example: earwitness annotate latest --rating 2 --note "cut her off" --from 12.5 --to 14
    """
    recorded = library_of(context, workspace).conversation(ref)
    if rating is not None or text or from_s is not None or to_s is not None:
        recorded.annotate(_new(rating, text or "", from_s, to_s, message_key), author=_author())
    for annotation in removed:
        recorded.remove_annotation(annotation)
    had: tuple[str, ...] = tuple(recorded.row.labels)
    for label in labels:
        had = recorded.set_label(label, author=_author())
    for label in unlabel:
        had = recorded.set_label(label, author=_author(), is_set=False)
    rows = recorded.annotations()
    if as_json:
        print_json({"labels": had, "annotations": [row.document() for row in rows]})
        return
    say(f"labels: {', '.join(had) or 'none'}")
    for row in rows:
        say(_line(row))


def _author() -> str:
    from earwitness.privacy.access import os_user

    return os_user("cli")


def _new(rating: int | None, text: str, from_s: float | None, to_s: float | None, message: str | None) -> Any:
    from earwitness.store.annotations import NewAnnotation

    kind: Any = "span" if from_s is not None or to_s is not None else "note" if rating is None else "rating"
    from_ms, to_ms = (None if at is None else round(at * 1000) for at in (from_s, to_s))
    return NewAnnotation(
        kind=kind, rating=rating, text=text, message_key=message, from_ms=from_ms, to_ms=to_ms
    )


def _line(row: "AnnotationRow") -> str:
    span = "" if row.from_ms is None else f"{row.from_ms / 1000:.1f}-{(row.to_ms or 0) / 1000:.1f} s  "
    stars = "" if row.rating is None else f"{row.rating}/5  "
    whose = f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {row.author}"
    return f"{whose}  {row.kind}  {stars}{span}{row.text}".rstrip()
