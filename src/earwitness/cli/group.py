"""`earwitness`: finds the command asked for and loads only that one, so that it starts at once."""

import sys
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from earwitness.errors import EarwitnessError, InUse, SettingsError

# name -> (module, what --help says); the module has a click command called `command`, or as named behind it
COMMANDS = {
    "serve": ("serve", "record calls through the tap and serve what was recorded"),
    "demo": ("demo", "record simulated calls and look at them"),
    "simulate": ("simulate", "play simulated calls through the tap"),
    "list": ("listing", "list conversations, newest first"),
    "search": ("search", "find where something was said"),
    "show": ("show", "show one conversation at a glance"),
    "transcript": ("transcript", "who said what: text, json, srt or vtt"),
    "stats": ("stats", "one conversation in numbers, or a metric over all"),
    "lake": ("lake", "the tables of all conversations that metrics are asked of"),
    "alerts": ("alerts", "what the rules found wrong, and the rules"),
    "outbox": ("alerts:outbox", "what other programs and people were told"),
    "events": ("events", "what was decoded, event by event"),
    "view": ("view", "look at conversations in the terminal"),
    "play": ("play", "hear a conversation"),
    "export": ("export", "take conversations out: in a format, or as files in a layout"),
    "replay": ("replay", "play one end of a recorded leg again"),
    "import": ("importing", "take in calls that other recorders wrote"),
    "pause": ("verbs:pause", "pause the recording of a running call"),
    "resume": ("verbs:resume", "go on recording"),
    "keep": ("verbs:keep", "choose what is kept of a running call"),
    "end": ("verbs:end", "say how a running call came out"),
    "consent": ("verbs:consent", "say that consent was given or refused"),
    "announce": ("verbs:announce", "say what the caller was told"),
    "snapshot": ("verbs:snapshot", "mark this moment of a running call"),
    "extract": ("extract", "find the fields of a schema in what was said"),
    "join": ("grouping:join", "make legs of several conversations one"),
    "split": ("grouping:split", "make legs of a conversation one of their own"),
    "annotate": ("annotate", "rate a conversation, note something, mark a span, set labels"),
    "handover": ("handover", "hand over to a server what programs recorded"),
    "redact": ("redact", "take out words and sound by hand"),
    "delete": ("delete", "delete a conversation for good"),
    "erase": ("erase", "erase a person: every conversation, and the name"),
    "erasures": ("erasures", "what was to be erased, what keeps it, and certificates"),
    "encryption": ("encryption", "encryption at rest: its state, and rotation of keys"),
    "hold": ("hold", "keep conversations from being deleted, whoever asks"),
    "doctor": ("doctor", "is this machine fit to record?"),
    "check": ("check", "is everything being saved?"),
    "audit": ("audit", "who did what: every access, change and refusal"),
    "verify": ("verify", "check every byte of the journals"),
    "recover": ("recover", "put the journals of a crashed recorder in order"),
    "retention": ("retention", "delete what the rules no longer let stay"),
    "backup": ("backup", "write everything that cannot be made again into one file"),
    "restore": ("restore", "put a backup into an empty data folder"),
    "reindex": ("reindex", "make the catalog again from the journals"),
    "db": ("db", "upgrade or downgrade the catalog"),
    "completion": ("completion", "let your shell complete commands and options"),
    "keys": ("keys", "make, list and revoke API keys"),
    "users": ("users", "people who log in with a password, and their roles"),
    "subject": ("subject", "hand out all that is kept of a person"),
    "subjects": ("subjects", "register people who may log in to save messages"),
}
USAGE, LOSSY = 2, 3


class Lazy(click.Group):
    """A group that imports a command when it is called by its name."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command = getattr(import_module(f"earwitness.cli.{module}"), attribute or "command")
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A name that is none is a usage error which tells the nearest that is one."""
        try:
            return super().resolve_command(context, args)
        except click.UsageError as error:
            near = "".join(f" Did you mean {name}?" for name in get_close_matches(args[0], COMMANDS, n=1))
            raise click.UsageError(error.message + near, context) from error

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem]:
        """As every group, but without loading any command for its help."""
        if not incomplete or incomplete[0].isalnum():
            return [
                CompletionItem(name, help=text)
                for name, (_, text) in COMMANDS.items()
                if name.startswith(incomplete)
            ]
        return super().shell_complete(context, incomplete)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except EarwitnessError as error:
            _say(str(error), error.hint)
            sys.exit(_status(error))
        except BrokenPipeError:
            sys.stdout = None  # whoever read us has seen enough
            sys.exit(0)
        except OSError as error:  # of a file the user named
            _say(f"{error.filename or 'cannot go on'}: {error.strerror}", "Is it there, and writable?")
            sys.exit(1)


def _say(words: str, hint: str) -> None:
    click.echo(f"earwitness: {words}", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)


def _status(error: EarwitnessError) -> int:
    if isinstance(error, SettingsError):
        return USAGE
    return LOSSY if isinstance(error, InUse) else 1


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="earwitness", prog_name="earwitness")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Settings file; otherwise earwitness.toml if it is there.",
)
@click.option("--data-dir", type=click.Path(), help="Folder of the recordings (setting data_dir).")
@click.pass_context
def main(context: click.Context, config: Path | None, data_dir: str | None) -> None:
    """The flight recorder for voice agents.

    Example: earwitness serve
    """
    context.obj = (config, {"data_dir": data_dir})
