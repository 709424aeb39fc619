"""Types every command that ends by itself, about the data folder of where it is started; for R49."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from typed import Typist, commands

# In an order in which each finds what it needs. `-` before a line: a call that runs, or another thing that is
# not there, is asked for, and the command says so.
LINES = """
list; search hello; show latest; transcript latest; stats latest; lake rebuild; events latest; -check
alerts set slow --watch latency --threshold 2500; alerts list; alerts rules; alerts remove slow; outbox list
-outbox replay msg_0190; view --summary latest; export latest -o files; export --all --format csv -o all.csv
-import nowhere; extract latest; annotate latest --rating 2; hold add latest --reason why; hold list
hold remove latest; redact latest --stretch 0.1 0.2; -join latest latest; -split latest 0199
-pause latest; -resume latest; -keep latest transcripts; -end latest; -consent nobody
-announce latest --what ai; -snapshot latest --label x; doctor; audit; verify latest; verify --all
recover; retention run; db current
db history; db upgrade; completion bash; keys create other; keys list; -keys revoke nobody; users list
-users add ana; -users password ana; -users role ana auditor; -users remove ana
subjects add RID1; subjects list
-subject export RID1 -o person; encryption key master.key; encryption status
-encryption rotate; backup -o all.tar; -restore all.tar
export latest -o proof --proof; reindex; -erase --subject RID9 --yes; delete latest --yes
erasures; db downgrade -- -1
"""
ELSEWHERE = {  # `serve` and `simulate` run beside this; these serve, sound, show, or are there to send
    *("serve", "simulate", "demo", "replay", "play", "handover"),
}


def lines() -> Iterator[tuple[bool, list[str]]]:
    """Each line's words, and whether it must succeed."""
    for text in filter(None, map(str.strip, LINES.replace("\n", ";").split(";"))):
        yield not text.startswith("-"), shlex.split(text.removeprefix("-"))


def untyped() -> set[str]:
    """The commands that are neither typed here nor by others."""
    every = [path for path in commands() if path]
    leaves = {path for path in every if not any(other[: len(path)] == path != other for other in every)}
    typed = {path for path in leaves if any(tuple(words[: len(path)]) == path for _, words in lines())}
    return {" ".join(path) for path in leaves - typed} - ELSEWHERE


def main() -> None:
    typist = Typist(Path("earwitness-data"))
    for must_succeed, words in lines():
        (typist.type if must_succeed else typist.tried)(*words)


if __name__ == "__main__":
    main()
