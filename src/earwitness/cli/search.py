"""`earwitness search`."""

from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from earwitness.cli.chosen import filter_options
from earwitness.cli.desk import finding_of, json_option, print_json_list, say, workspace_option

if TYPE_CHECKING:
    from earwitness.store.searching import Hit

PAGE = 200  # hits asked of the catalog at once


@click.command("search")
@click.argument("words", nargs=-1, required=True, metavar="QUERY...")
@click.option("--kind", type=click.Choice(["message", "tool_call", "label", "snapshot", "note"]))
@click.option("--role", type=click.Choice(["user", "assistant", "system", "tool"]), help="Who said it.")
@filter_options
@click.option(
    "--sort", type=click.Choice(["newest", "oldest", "relevance"]), default="newest", show_default=True
)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    workspace: str,
    as_json: bool,
    limit: int,
    **filters: Any,
) -> None:
    """Find where something was said: all words, "a phrase", begin*, this OR that, -not.

    Looks through messages, tool calls, labels, notes and the labels of snapshots; case and accents do not
    matter.

    Example: earwitness search 'refund OR cancel*' --role user --min-messages 5
    """
    found = finding_of(context, workspace)
    hits = islice(
        found.search(" ".join(words), limit=min(limit, PAGE), **filters),
        limit,
    )
    if as_json:
        print_json_list(hit.document() for hit in hits)
        return
    hit = None
    for hit in hits:
        say(f"{hit.conversation_id}  {hit.at:%Y-%m-%d %H:%M:%S}  {_whence(hit):11}", nl=False)
        for part in hit.snippet:
            say(
                "  " * (part is hit.snippet[0]) + " ".join(part.text.split("\n")),
                nl=False,
                bold=part.is_match,
            )
        click.echo()
    if hit is None:
        click.echo("nothing like that was said", err=True)


def _whence(hit: "Hit") -> str:
    return hit.role if hit.kind == "message" else hit.kind
