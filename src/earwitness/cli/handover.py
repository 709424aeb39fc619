"""`earwitness handover`."""

import sys

import click

from earwitness.cli.desk import json_option, print_json, settings_of
from earwitness.errors import SettingsError, StorageUnavailable


@click.command("handover")
@click.option("--url", help="Server to send to (setting handover.url).")
@click.option("--key", help="API key with the right to capture (setting handover.key).")
@json_option
@click.pass_context
def command(context: click.Context, url: str | None, key: str | None, as_json: bool) -> None:
    """Hand over to a server what programs recorded by themselves into the data folder.

    Legs that still run stay. What the server has on its disk is removed here. Exit status 3 when the server
    refused some.

    Example: earwitness handover --url https://recorder.example.org
    """
    from earwitness.capture.handover import Handover, Server

    settings = settings_of(context, handover={"url": url, "key": key})
    if not settings.handover.url:
        raise SettingsError("there is no server to hand over to", hint="Set handover.url, or give --url.")
    if not settings.data_path.is_dir():
        raise SettingsError(f"{settings.data_path} is no folder", hint="Give --data-dir.")
    try:
        result = Handover(settings.data_path, Server(settings.handover.url, settings.handover.key)).once()
    except OSError as error:
        raise StorageUnavailable(f"not all is handed over: {error}", hint="Try again later.") from error
    if as_json:
        print_json(result._asdict())
    else:
        click.echo(
            f"{result.handed_over} handed over, {result.refused} refused, {result.waiting} still running"
        )
    sys.exit(3 if result.refused else 0)
