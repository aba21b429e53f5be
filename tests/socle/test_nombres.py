"""What an address or a form calls a number."""

import pytest

from socle.nombres import ID_MAX, read_nombre


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [("7", 7), ("007", 7), (str(ID_MAX), ID_MAX), (str(ID_MAX + 1), None), ("9" * 5000, None), ("", None),
     ("-1", None), ("²", None), ("٣", None), ("1.0", None), (" 1", None)],
)  # fmt: skip
def test_only_digits_that_a_column_can_hold(texte: str, attendu: int | None) -> None:
    assert read_nombre(texte) == attendu


def test_a_lower_bound_may_be_asked() -> None:
    assert (read_nombre("12", maximum=12), read_nombre("13", maximum=12)) == (12, None)
