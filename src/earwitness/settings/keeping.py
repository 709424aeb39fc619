"""Where recordings lie, for how long, and under which key."""

import re
from typing import Literal

import msgspec

from earwitness.settings.lists import listed

Preset = Literal["", "mifid2-5y", "sec-17a4-6y", "cftc-oral-1y", "hipaa-6y", "s3-30d"]


class Trail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The audit log, and who keeps its signed heads."""

    sinks: tuple[str, ...] | str = ()  # where checkpoints go: file:/path, https://host/path, objects

    @property
    def where(self) -> tuple[str, ...]:
        """`sinks`, one by one: the environment brings them with commas in between."""
        return listed(self.sinks)


class RetentionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long conversations stay that fit all of its words. Periods are like 30d, 18m or 5y."""

    preset: Preset = ""  # periods that a law asks for, by name; those given beside it count instead
    at_least: str = ""  # nobody deletes them before; empty: anybody may
    at_most: str = ""  # they are deleted then; empty: never by themselves
    workspaces: tuple[str, ...] = ()  # of these only; empty: of all
    labels: tuple[str, ...] = ()  # with one of these; empty: with any or none
    providers: tuple[str, ...] = ()  # with a leg of one of these; empty: of any

    def __post_init__(self) -> None:
        for period in (self.at_least, self.at_most):
            if not re.fullmatch(r"([1-9][0-9]{0,3}[dmy])?", period):
                raise ValueError(f"{period!r} is no period; one is like 30d, 18m or 5y")


PRESETS = {  # periods from the end of the call
    "mifid2-5y": RetentionRule(at_least="5y", at_most="5y"),  # Delegated Regulation (EU) 2017/565, art. 76(8)
    "sec-17a4-6y": RetentionRule(at_least="6y", at_most="6y"),  # 17 CFR 240.17a-4(a)
    "cftc-oral-1y": RetentionRule(at_least="1y", at_most="1y"),  # 17 CFR 1.31(b)(2)
    "hipaa-6y": RetentionRule(at_least="6y", at_most="6y"),  # 45 CFR 164.316(b)(2)(i)
    "s3-30d": RetentionRule(at_most="30d"),  # what folders of recordings are commonly cleared by
}


class Encryption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Encryption at rest, from the first byte of a journal on."""

    key: str = ""  # the master key: file:/path, env:NAME or aws-kms:ARN; empty: nothing is encrypted
    old_keys: tuple[str, ...] = ()  # master keys of before, in the same words, until `encryption rotate` ran
    scratch: str = "/dev/shm"  # a folder in memory: files lie there in the open while they are made


class ObjectStore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How files are kept in S3, where object_store_url names a bucket."""

    encryption: Literal["", "AES256", "aws:kms"] = "AES256"  # at rest, by the server; empty: the bucket's own
    kms_key: str = ""  # id or ARN of the key of KMS
    lock_days: int = 0  # object lock: nobody can change or delete a file for so long; 0: no lock
    lock_mode: Literal["GOVERNANCE", "COMPLIANCE"] = "COMPLIANCE"  # of the lock
    keep_local_hours: int = 24  # journals stay here so long after the bucket has them
