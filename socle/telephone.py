"""Phone numbers: read any French spelling, keep E.164, show « 06 39 98 12 34 »."""

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType


class NumeroIllisible(ValueError):
    """The text is not a phone number."""


def parse_numero(text: str, *, region: str = "FR") -> str:
    """Return the E.164 form (« +33639981234 »). Raises NumeroIllisible with a French sentence."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise NumeroIllisible(f"« {text} » n'est pas un numéro de téléphone.")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def show_numero(e164: str) -> str:
    """Return the national form for a French number, else the international one."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    style = PhoneNumberFormat.NATIONAL if number.country_code == 33 else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style).replace(" ", "\u00a0")


def is_mobile(e164: str) -> bool:
    """True when the number can receive an SMS. Fiction ranges (06 39 98) count: the demo town uses them."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return False
    if number.country_code == 33:
        return str(number.national_number)[:1] in {"6", "7"}
    return phonenumbers.number_type(number) in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
