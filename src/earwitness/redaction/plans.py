"""Which digits are a telephone number: the numbering plans of countries as one pattern (ITU-T E.164)."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import phonenumbers
import re2

_TYPES = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)
_ABROAD = "(?:00|011)[1-9][0-9]{8,13}"  # to any country, dialled from most


@cache
def numbers_of(regions: tuple[str, ...]) -> Any:
    """What matches the digits of every number of these countries, with their prefixes and without."""
    return re2.compile("|".join([_ABROAD, *_plans(regions)]))


def _plans(regions: tuple[str, ...]) -> Iterator[str]:
    for region in regions:
        plan = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
        if plan is None:
            continue
        kinds = [getattr(plan, name) for name in _TYPES]
        ways = [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]
        trunk = f"(?:{plan.national_prefix})?" if plan.national_prefix else ""
        yield f"(?:(?:{plan.international_prefix})?{plan.country_code})?{trunk}(?:{'|'.join(ways)})"
