"""Why a port cannot be listened on, told in the user's own settings."""

import errno

from earwitness.errors import EarwitnessError, InUse, SettingsError


def cannot_listen(error: OSError, setting: str, host: str, port: int) -> EarwitnessError:
    """The error to raise for it; `setting` is the one that holds host and port: `tap` or `api`."""
    where = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return InUse(
            f"the port of the {setting}, {where}, is taken",
            hint=f"Stop the other program or set {setting}.port.",
        )
    return SettingsError(
        f"the {setting} cannot listen on {where}: {error.strerror or error}",
        hint=f"Set {setting}.host and {setting}.port.",
    )
