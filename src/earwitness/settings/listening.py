"""Where callers and their programs connect."""

from typing import Annotated

import msgspec

from earwitness.settings.lists import listed

Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the API listens."""

    host: str = "127.0.0.1"  # 0.0.0.0: every address of the machine
    port: Port = 5001  # 0: any free one
    cors_origins: tuple[str, ...] | str = ()  # whose pages may call the API, e.g. https://app.example.org
    hosts: tuple[str, ...] | str = ()  # names of this machine that contain a dot, by which it may be called
    trusted_proxies: tuple[str, ...] | str = ()  # addresses whose X-Forwarded-For and -Proto are believed
    tls_cert: str = ""  # PEM file; with tls_key the API speaks HTTPS
    tls_key: str = ""  # PEM file of the certificate's private key
    requests_per_minute: int = 6000  # of one key or login; 0: as many as they like
    any_subject: bool = False  # let research ids log in that nobody registered
    token_minutes: int = 60  # how long a login lasts

    @property
    def origins(self) -> tuple[str, ...]:
        return listed(self.cors_origins)

    @property
    def names(self) -> tuple[str, ...]:
        return listed(self.hosts)

    @property
    def proxies(self) -> tuple[str, ...]:
        return listed(self.trusted_proxies)


class Tap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where callers connect instead of to the provider."""

    host: str = "127.0.0.1"  # 0.0.0.0: every address of the machine
    port: Port = 5002  # 0: any free one
    require_key: bool = False  # refuse legs that bring no key of ours
    tls_cert: str = ""  # PEM file; with tls_key the tap listens on wss
    tls_key: str = ""  # PEM file of the certificate's private key
    public_url: str = ""  # scheme and host by which Twilio reaches the tap; its signature then is a key
    calls_per_workspace: int = 0  # at once; 0: any number
    handshakes_per_address: int = 200  # connections that have not said yet what they want; 0: any number
