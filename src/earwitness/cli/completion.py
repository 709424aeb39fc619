"""`earwitness completion`."""

import click
from click.shell_completion import get_completion_class

PROGRAM, VARIABLE = "earwitness", "_EARWITNESS_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print what lets SHELL complete commands, options and their values.

    \b
    bash  eval "$(earwitness completion bash)"   in ~/.bashrc
    zsh   eval "$(earwitness completion zsh)"    in ~/.zshrc, after compinit
    fish  earwitness completion fish | source    in ~/.config/fish/config.fish

    Example: earwitness completion bash
    """
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, PROGRAM, VARIABLE).source())
