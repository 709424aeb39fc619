"""Earwitness: the flight recorder for voice agents.

What is imported from here is the public Python surface. It loads nothing heavy until it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from earwitness.integrations import attach
    from earwitness.integrations.tracing import trace_processor
    from earwitness.library import open_library
    from earwitness.recording import record

    __version__: str

__all__ = ["__version__", "attach", "open_library", "record", "trace_processor"]

_HOMES = {  # public name: the module that has it
    "attach": "earwitness.integrations",
    "open_library": "earwitness.library",
    "record": "earwitness.recording",
    "trace_processor": "earwitness.integrations.tracing",
}


def __getattr__(name: str) -> Any:
    """Load what is asked for, when it is asked for."""
    if name == "__version__":
        return _version()
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(_HOMES[name]), name)
    except ModuleNotFoundError as error:
        package = "openai-agents" if error.name == "agents" else "earwitness[server]"
        raise ImportError(f"earwitness.{name} needs {error.name}: install {package}") from error


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("earwitness")
    except PackageNotFoundError:  # a source tree that was never installed
        return "0+unknown"
