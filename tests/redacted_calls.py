"""A call in which words are to be taken out, and the desk on it."""

from earwitness.library import Library
from earwitness.privacy.two_clocks import Look
from earwitness.settings import Settings
from earwitness.settings.redaction import Redaction
from journal_legs import BEGAN_S, Legs

NAME = "Wilhelmina Unterwasser"


def recorded(folder, **settings):
    """A desk on a folder with a call in which a name is said, passed to a tool, and summed up."""
    with Legs(folder) as legs:
        leg = legs.open()
        leg.user(1_000, "u", f"This is {NAME} speaking.")
        leg.assistant(3_000, "a", f"Hello {NAME.upper()}, how can I help?", b"\x10\x27" * 24_000)
        leg.user(6_000, "v", "I need a taxi to the station.")
        leg.end(9_000)
    library = Library(Settings(data_dir=str(folder), **settings))
    library.catch_up()
    [call] = library.conversations()
    return library, call.id


def passed(days):
    """Both clocks, so many days after the call."""
    return Look(wall_s=BEGAN_S + days * 86_400.0, boot_s=days * 86_400.0, boot_id="a")


def kept_for(period, folder, **settings):
    library, call = recorded(folder, redact=Redaction(words={"ride": ("taxi",)}, keep_raw=period), **settings)
    library.retention._look = lambda: passed(31)
    return library, call
