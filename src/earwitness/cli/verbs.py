"""`earwitness pause`, `resume`, `keep`, `end`, `consent`, `announce`, `snapshot`: said of a running call."""

from typing import Any

import click

from earwitness.cli.desk import json_option, library_of, print_json, ref_argument, workspace_option
from earwitness.errors import InvalidInput

data_option = click.option(
    "--data", "pairs", multiple=True, metavar="NAME=VALUE", help="Kept with it; may be given again."
)


def _tell(
    context: click.Context, workspace: str, ref: str, verb: str, data: dict[str, Any], *, as_json: bool
) -> None:
    told = library_of(context, workspace).tell(ref, verb, data)
    if as_json:
        print_json(told)
        return
    for leg in told["legs"]:
        click.echo(f"{leg['leg']}  {leg['state']}, keeps {', '.join(leg.get('keeps', ())) or 'nothing'}")


def _data(pairs: tuple[str, ...]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise InvalidInput(f"--data {pair} has no value", hint="Write --data NAME=VALUE.")
    return dict(pair.split("=", 1) for pair in pairs)


@click.command("pause")
@ref_argument
@click.option("--seconds", type=float, help="Go on by itself after so long; else record.pause_seconds.")
@click.option("--reason", default="", help="Shown with the gap.")
@workspace_option
@json_option
@click.pass_context
def pause(
    context: click.Context, ref: str, seconds: float | None, reason: str, workspace: str, as_json: bool
) -> None:
    """Pause recording: nothing of what comes is written anywhere.

    ID may also be what the application calls the conversation. Returns when it holds.

    Example: earwitness pause latest --seconds 60 --reason "card number"
    """
    _tell(context, workspace, ref, "pause", {"seconds": seconds, "reason": reason}, as_json=as_json)


@click.command("resume")
@ref_argument
@workspace_option
@json_option
@click.pass_context
def resume(context: click.Context, ref: str, workspace: str, as_json: bool) -> None:
    """Go on recording.

    Example: earwitness resume latest
    """
    _tell(context, workspace, ref, "resume", {}, as_json=as_json)


@click.command("keep")
@ref_argument
@click.argument("names", nargs=-1, type=click.Choice(("audio", "raw", "transcripts")))
@workspace_option
@json_option
@click.pass_context
def keep(context: click.Context, ref: str, names: tuple[str, ...], workspace: str, as_json: bool) -> None:
    """Choose what is kept of a running call from here on; without names nothing but that it was.

    Example: earwitness keep latest transcripts
    """
    _tell(context, workspace, ref, "keep", {"keep": names}, as_json=as_json)


@click.command("end")
@ref_argument
@click.option("--outcome", help="How it came out, e.g. order_placed.")
@click.option("--satisfaction", help="Of the caller, e.g. high.")
@click.option("--stop", is_flag=True, help="Keep nothing of the call from here on.")
@data_option
@workspace_option
@json_option
@click.pass_context
def end(
    context: click.Context,
    ref: str,
    outcome: str | None,
    satisfaction: str | None,
    stop: bool,
    pairs: tuple[str, ...],
    workspace: str,
    as_json: bool,
) -> None:
    """Say how a running call came out. Its connection goes on.

    Example: earwitness end latest --outcome order_placed
    """
    known = {"outcome": outcome, "satisfaction": satisfaction}
    data = {**{k: v for k, v in known.items() if v is not None}, **_data(pairs)}
    _tell(context, workspace, ref, "end", data, as_json=as_json)
    if stop:
        _tell(context, workspace, ref, "stop", {}, as_json=as_json)


@click.command("consent")
@ref_argument
@click.option("--refused", is_flag=True, help="It was not given, or taken back: keep nothing more.")
@data_option
@workspace_option
@json_option
@click.pass_context
def consent(
    context: click.Context, ref: str, refused: bool, pairs: tuple[str, ...], workspace: str, as_json: bool
) -> None:
    """Say that whoever is recorded agreed, or did not.

    Example: earwitness consent order-7 --data how=spoken
    """
    _tell(context, workspace, ref, "consent", {**_data(pairs), "given": not refused}, as_json=as_json)


@click.command("announce")
@ref_argument
@click.option("--what", default="recording", show_default=True, help="What the caller was told of; or: ai.")
@data_option
@workspace_option
@json_option
@click.pass_context
def announce(
    context: click.Context, ref: str, what: str, pairs: tuple[str, ...], workspace: str, as_json: bool
) -> None:
    """Say that the caller was told: that the call is recorded, or that a machine speaks.

    Example: earwitness announce latest --what ai
    """
    _tell(context, workspace, ref, "announcement", {**_data(pairs), "what": what}, as_json=as_json)


@click.command("snapshot")
@ref_argument
@click.option("--label", required=True, help="By which the moment is found again.")
@data_option
@workspace_option
@json_option
@click.pass_context
def snapshot(
    context: click.Context, ref: str, label: str, pairs: tuple[str, ...], workspace: str, as_json: bool
) -> None:
    """Mark this moment of a running call.

    Example: earwitness snapshot latest --label quote_given
    """
    _tell(context, workspace, ref, "snapshot", {**_data(pairs), "label": label}, as_json=as_json)
