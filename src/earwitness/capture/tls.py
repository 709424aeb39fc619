"""TLS at both ends of the tap."""

import ssl
from pathlib import Path

from earwitness.errors import SettingsError

ALPN = ["http/1.1"]  # a WebSocket of RFC 6455 is an HTTP/1.1 upgrade


def client_context(ca_file: str) -> ssl.SSLContext:
    """For dialling an upstream: its certificate is always checked. Raises `SettingsError`."""
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:
            raise SettingsError(f"{ca_file}: {error}", hint="ca_file must be a readable PEM file.") from error
    context.set_alpn_protocols(ALPN)
    return context


def server_context(certificate: str, key: str) -> ssl.SSLContext | None:
    """For listening; None where no certificate is set. Raises `SettingsError`."""
    if not certificate and not key:
        return None
    if not (certificate and key):
        raise SettingsError("tap.tls_cert and tap.tls_key belong together", hint="Set both or none.")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(Path(certificate), Path(key))
    except OSError as error:
        raise SettingsError(
            f"{certificate}, {key}: {error}", hint="Both must be readable PEM files."
        ) from error
    context.set_alpn_protocols(ALPN)
    return context
