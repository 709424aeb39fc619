"""`earwitness demo`."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from earwitness.cli.desk import settings_of
from earwitness.cli.serve import print_first_key, run
from earwitness.settings import Settings

DATA_DIR = "demo-data"
SCENARIOS = ("order", "barge_in", "emotion", "dtmf", "transfer")
UNSEEN = {  # what a protocol does not show is no fault of the record
    "hume": ("unproven_playout",),
    "audiocodes": ("unproven_playout",),
    "relay": ("no_caller_audio", "no_agent_audio", "no_sound"),
}
PATIENCE_S = 60.0  # for the rows and files of the next call, once the last has ended
LINK_SECONDS = 12 * 3600


@click.command("demo")
@click.option("--once", is_flag=True, help="Stop after the calls; exit 0 only if all were recorded whole.")
@click.option("--speed", type=click.FloatRange(0.1), default=1.0, help="Times real time.")
@click.pass_context
def command(context: click.Context, once: bool, speed: float) -> None:
    """Record simulated calls of every provider, then serve them until Ctrl-C.

    The recordings are kept in `demo-data` unless --data-dir says otherwise.

    Example: earwitness demo --once
    """
    file, common = context.find_root().obj
    settings = settings_of(context, data_dir=common["data_dir"] or DATA_DIR)
    sys.exit(run(_demo(settings, file, once=once, speed=speed)))


async def _demo(settings: Settings, file: Path | None, *, once: bool, speed: float) -> int:
    from earwitness.server.app_files import NOT_BUILT, is_built
    from earwitness.server.recorder import recording, until_told_to_stop

    print_first_key(settings)
    async with recording(settings) as running:
        click.echo("playing simulated calls through the tap; this takes half a minute ...")
        calls = await _play(running, file, speed)
        problems = [f"call {c['conversation']}: {c['reason']}" for c in calls if not c["ok"]]
        problems += await asyncio.to_thread(_look_at, running, calls)
        if not is_built():
            click.echo(f"\nthe addresses show {NOT_BUILT}")
        for problem in problems:
            click.echo(f"PROBLEM {problem}", err=True)
        if once:
            click.echo(f"\nthe addresses open while `earwitness --data-dir {running.data_dir} serve` runs")
            click.echo(
                "every call was recorded, complete and readable" if not problems else "not all is well"
            )
            return 1 if problems else 0
        click.echo(f"serving on http://{running.api.host}:{running.api.port}; Ctrl-C stops")
        await until_told_to_stop()
    return 0


async def _play(settings: Settings, file: Path | None, speed: float) -> list[dict[str, Any]]:
    """Calls from a process of their own, as real callers are; what it says of each."""
    config = () if file is None else ("--config", str(file))
    scenarios = [part for name in SCENARIOS for part in ("--scenario", name)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *(
            "-m",
            "earwitness",
            *config,
            "simulate",
            "--json",
            "--label",
            "demo",
            "--speed",
            str(speed),
            *scenarios,
        ),
        stdout=asyncio.subprocess.PIPE,
        env={**_environment(settings)},
    )
    output, _ = await process.communicate()
    return [json.loads(line) for line in output.splitlines()] or [
        {"conversation": "-", "provider": "-", "ok": False, "reason": "the simulator did not run"}
    ]


def _environment(settings: Settings) -> dict[str, str]:
    import os

    tap = {"EARWITNESS_TAP__HOST": settings.tap.host, "EARWITNESS_TAP__PORT": str(settings.tap.port)}
    return {**os.environ, **tap}


def _look_at(settings: Settings, calls: list[dict[str, Any]]) -> list[str]:
    """Wait until each call is whole, print where it can be heard; what is wrong with any."""
    from earwitness.library import Library
    from earwitness.server.links import Links
    from earwitness.store.secret_file import ensure_secret

    library, links = Library(settings), Links(ensure_secret(settings.data_path, "links"))
    problems = []
    for made in calls:
        call = made["conversation"]
        recorded = library.finished(f"conversation:{call}", give_up_at=time.monotonic() + PATIENCE_S)
        if recorded is None:
            problems.append(f"call {call}: no files of it after another {PATIENCE_S:.0f} s")
            continue
        unseen = UNSEEN.get(made["provider"], ())
        problems += [f"call {call}: {problem}" for problem in recorded.shortcomings(but=unseen)]
        signed = links.sign(library.workspace, recorded.id, seconds=LINK_SECONDS)
        row = recorded.row
        click.echo(
            f"\n{made['provider']:10} {made['scenario']:9} {row.duration_ms / 1000:5.1f} s  "
            f"{row.message_count} messages  {row.tool_count} tool calls  "
            f"{row.interruption_count} interruptions  {row.status}"
        )
        click.echo(f"  http://{settings.api.host}:{settings.api.port}/conversations/{recorded.id}?{signed}")
    return problems
