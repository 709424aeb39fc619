"""`earwitness check`."""

import json
import sys

import click

from earwitness.cli.desk import finding_of, json_option, print_json, say, settings_of, workspace_option


@click.command("check")
@workspace_option
@json_option
@click.pass_context
def command(context: click.Context, workspace: str, as_json: bool) -> None:
    """Is everything being saved? Counts by role and provider, the newest messages, problems.

    Exit status 0 when nothing is wrong, 1 when something is.

    Example: earwitness check
    """
    report = finding_of(context, workspace).check()
    report["problems"] += _of_the_server(context)
    if as_json:
        print_json(report)
    else:
        _print(report)
    sys.exit(1 if report["problems"] else 0)


def _of_the_server(context: click.Context) -> list[str]:
    """What a running server says of itself; nothing where none runs."""
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import urlopen

    api = settings_of(context).api
    try:
        urlopen(f"http://{api.host}:{api.port}/readyz", timeout=2).close()
    except HTTPError as error:
        with error:
            return [f"the server says: {reason}" for reason in json.load(error).get("reasons", ["not ready"])]
    except (URLError, OSError, HTTPException, ValueError):
        return []
    return []


def _print(report: dict[str, object]) -> None:
    for title in ("conversations", "messages_by_role", "messages_by_provider"):
        counts = report[title]
        assert isinstance(counts, dict)
        what = ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"
        click.echo(f"{title.replace('_', ' '):22}{what}")
    newest, problems = report["newest_messages"], report["problems"]
    assert isinstance(newest, list)
    assert isinstance(problems, list)
    click.echo("newest messages")
    for message in newest:
        say(f"  {message['at']}  {message['role']:9}  {message['text'][:80]}")
    click.echo("problems" if problems else "no problems")
    for problem in problems:
        say(f"  {problem}")
