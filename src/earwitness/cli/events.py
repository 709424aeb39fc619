"""`earwitness events`."""

import json

import click

from earwitness.cli.desk import conversation_of, raw_option, ref_argument, say, workspace_option


@click.command("events")
@ref_argument
@click.option(
    "--wire", is_flag=True, help="The wire itself: how each record is built; with --raw as it came."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@raw_option
@workspace_option
@click.pass_context
def command(
    context: click.Context, ref: str, wire: bool, as_json: bool, reason: str | None, workspace: str
) -> None:
    """What was decoded, event by event, in the order of time.

    Example: earwitness events latest --json
    """
    from earwitness.projections.documents import event_document
    from earwitness.projections.records import record_document

    recorded = conversation_of(context, workspace, ref, reason)
    if wire:
        for leg, record in recorded.records(outlined=reason is None):
            click.echo(json.dumps(record_document(leg, record), ensure_ascii=False))
        return
    began = recorded.conversation.began_at_ns
    for event in recorded.events():
        document = event_document(event, began)
        if as_json:
            click.echo(json.dumps(document, ensure_ascii=False))
            continue
        at_ms, kind = document.pop("at_ms"), document.pop("type")
        leg, record = document.pop("leg"), document.pop("record")
        rest = "  ".join(f"{name}={value}" for name, value in document.items())
        say(f"{at_ms / 1000:10.3f}  {leg[-4:]}/{record:<6} {kind:16} {rest}"[:200])
