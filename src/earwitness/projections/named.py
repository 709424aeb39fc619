"""Every layout an export can have, by name."""

from dataclasses import replace

from earwitness.errors import InvalidInput, NotFound
from earwitness.projections.layout_default import DEFAULT
from earwitness.projections.layout_opusagent import OPUSAGENT
from earwitness.projections.layout_recordings import RECORDINGS
from earwitness.projections.layout_s3 import S3
from earwitness.projections.layouts import Layout

LAYOUTS = {layout.name: layout for layout in (DEFAULT, OPUSAGENT, RECORDINGS, S3)}


def named(name: str, *, wav: bool = False) -> Layout:
    """The layout called so, with its WAV where that is wanted. Raises `NotFound`, `InvalidInput`."""
    if name not in LAYOUTS:
        raise NotFound(f"no layout is called {name}", hint=f"Layouts: {', '.join(LAYOUTS)}.")
    layout = LAYOUTS[name]
    if not wav:
        return layout
    if layout.wav is None:
        raise InvalidInput(f"the layout {name} has no WAV to add", hint="The layout recordings has one.")
    return replace(layout, files=(*layout.files, layout.wav))
