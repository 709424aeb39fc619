"""Browser applications of other origins: those the settings name may call, and no others."""

import re

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from earwitness.errors import SettingsError
from earwitness.library import Library

_ORIGIN = re.compile(r"https?://[^\s/?#@*]+\Z")


def allow(app: FastAPI, library: Library) -> None:
    """Let pages of `api.cors_origins` call this application. Raises `SettingsError` for what is no origin."""
    origins = library.settings.api.origins if library is not None else ()
    for origin in origins:
        if not _ORIGIN.match(origin):
            raise SettingsError(
                f"api.cors_origins: {origin!r} is no origin", hint="Write it like https://app.example.org."
            )
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            max_age=600,
        )
