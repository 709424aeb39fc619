"""What providers tell by themselves: webhooks, and calls of SIP."""

from typing import Any

import msgspec


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves that a webhook comes from its provider. Keep it out of files that others read."""

    secret: str = ""  # with which the provider signs; empty: none of its webhooks is believed


class SignedByTwilio(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves that Twilio calls."""

    secret: str = ""  # the account's auth token
    account_sid: str = ""  # with it and the secret, recordings are fetched that webhooks tell of
    recording_hosts: tuple[str, ...] | str = ("api.twilio.com",)  # where they may lie; https, or this machine
    shared_key: str = ""  # of webhooks that are signed with HMAC-SHA-256


class Webhooks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What providers tell by calling us, at /webhooks/<provider>."""

    public_url: str = ""  # scheme and host by which Twilio calls the API; empty: as the request names it
    trusts_proxy: bool = False  # believe X-Forwarded-Proto and -Host, where there is no public_url
    workspace: str = "default"  # to which all that is told belongs
    openai: Signed = Signed()
    elevenlabs: Signed = Signed()
    hume: Signed = Signed()
    twilio: SignedByTwilio = SignedByTwilio()


class Sip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calls that reach OpenAI by SIP: each that is told of is recorded by a connection beside it."""

    api_key: str = ""  # of the OpenAI project; empty: such calls are noted and not recorded
    api_base: str = "https://api.openai.com"  # where calls are accepted and heard
    accept: dict[str, Any] = {}  # the session every call is accepted with; empty: your application accepts
