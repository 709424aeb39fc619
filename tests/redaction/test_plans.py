"""Telephone numbers of countries, by their numbering plans, against the library that knows them all."""

import phonenumbers
import pytest

from earwitness.redaction.plans import numbers_of

REGIONS = ("US", "GB", "ES", "DE", "FR", "IT", "PT", "NL", "PL", "BR", "CA", "MX")


@pytest.mark.parametrize("region", REGIONS)
def test_the_example_numbers_of_a_country_match_with_and_without_their_prefixes(region):
    pattern = numbers_of((region,))
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
        number = phonenumbers.example_number_for_type(region, kind)
        national = phonenumbers.national_significant_number(number)
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        local = "".join(filter(str.isdigit, written))
        for digits in (national, local, f"{number.country_code}{national}"):
            assert pattern.fullmatch(digits), digits


@pytest.mark.parametrize("digits", ["1999999999", "0000000000", "1111111111", "5555", ""])
def test_other_digits_are_no_number(digits):
    assert not numbers_of(("US", "ES", "GB")).fullmatch(digits)


def test_a_country_that_does_not_exist_has_no_numbers():
    assert not numbers_of(("XX",)).fullmatch("6505550123")
