"""`earwitness serve`."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

import click

from earwitness.cli.desk import settings_of
from earwitness.settings import Settings

T = TypeVar("T")
ROLES = ("all", "capture", "api", "worker")


@click.command("serve")
@click.option(
    "--role", type=click.Choice(ROLES), default="all", show_default=True, help="What this process does."
)
@click.option("--api-port", type=int, help="Port of the API (setting api.port).")
@click.option("--tap-port", type=int, help="Port of the tap (setting tap.port).")
@click.pass_context
def command(context: click.Context, role: str, api_port: int | None, tap_port: int | None) -> None:
    """Record calls through the tap, and serve what was recorded.

    `capture` only records; `api` and `worker` only follow the journals, finish calls and answer.
    Stops in order on Ctrl-C or SIGTERM.

    Example: earwitness serve --tap-port 6002
    """
    settings = settings_of(context, api={"port": api_port}, tap={"port": tap_port})
    sys.exit(serve(settings, role))


def serve(settings: Settings, role: str) -> int:
    """Run one role until told to stop; the exit status."""
    from earwitness.server.recorder import recording, until_told_to_stop

    leave_no_core()
    refuse_open_door(settings)
    print_first_key(settings)
    if role in ("api", "worker"):
        from earwitness.server.desk import run_desk

        run_desk(settings, None, on_ready=lambda port: say_api(settings, port))
        return 0

    async def record() -> None:
        async with recording(settings, with_desk=role == "all") as running:
            if role == "all":
                say_api(running, running.api.port)
            _say_tap(running)
            _say_encryption(running)
            await until_told_to_stop()

    run(record())
    return 0


def leave_no_core() -> None:
    """A crash leaves no image of the memory, where keys and words lie in the open; nor does one of the desk,
    which inherits this."""
    try:
        import resource
    except ImportError:  # not a Unix: there is nothing to limit
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run on uvloop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(coroutine)
    return uvloop.run(coroutine)


def refuse_open_door(settings: Settings) -> None:
    """An address others can reach is served only with keys asked for everywhere."""
    from earwitness.errors import SettingsError

    loopback = ("127.0.0.1", "localhost", "::1")
    if settings.tap.host not in loopback and not settings.tap.require_key:
        raise SettingsError(
            f"the tap would listen on {settings.tap.host} for anybody",
            hint="Set tap.require_key = true, or tap.host = 127.0.0.1.",
        )


def print_first_key(settings: Settings) -> None:
    """Make the first API key of a new data folder and show it: this once."""
    from earwitness.store.catalog import Catalog
    from earwitness.store.keys import Keys

    keys = Keys(Catalog.open(settings.catalog_url).database)
    if not keys.list("default"):
        click.echo(f"API key, shown only now: {keys.create('first', ('admin',)).text}")
    else:
        click.echo("API keys exist; `earwitness keys create NAME` makes another")


def say_api(settings: Settings, port: int) -> None:
    """Where to look: the pages, if they are built, and the API."""
    from earwitness.server.app_files import NOT_BUILT, is_built

    scheme = "https" if settings.api.tls_cert else "http"
    here = f"{scheme}://{settings.api.host}:{port}"
    click.echo(f"pages  {here}/  (log in with an API key)" if is_built() else NOT_BUILT)
    click.echo(f"API    {here}/docs")


def _say_tap(settings: Settings) -> None:
    scheme = "wss" if settings.tap.tls_cert else "ws"
    for name, route in settings.routes.items():
        if route.enabled:
            here = f"{scheme}://{settings.tap.host}:{settings.tap.port}/{name}"
            click.echo(f"tap    {here}  ->  {route.upstream}")


def _say_encryption(settings: Settings) -> None:
    if not settings.encryption.key:
        click.echo("encryption is off; `earwitness encryption key FILE` makes a key")
    click.echo("recording; Ctrl-C stops")
