"""Address lists as they are written, not as they should be."""

import time

import pytest

from socle.courriel.adresses import Adresse, parse_addresses


@pytest.mark.parametrize(
    ("ecrit", "lu"),
    [
        ("jeanne@x.example", [("jeanne@x.example", "")]),
        ("Jeanne Morel <Jeanne.Morel@X.example>", [("Jeanne.Morel@X.example", "Jeanne Morel")]),
        ('"Morel, Jeanne" <j@x.example>, b@y.example', [("j@x.example", "Morel, Jeanne"), ("b@y.example", "")]),
        ("Morel, Jeanne <j@x.example>", [("j@x.example", "Morel, Jeanne")]),
        ("a@x.example; b@y.example", [("a@x.example", ""), ("b@y.example", "")]),
        ("=?utf-8?Q?Ren=C3=A9e?= <r@x.example>", [("r@x.example", "Renée")]),
        ('"=?utf-8?B?UmVuw6ll?=" <r@x.example>', [("r@x.example", "Renée")]),
        ("=?utf-8?B?UmVuw6llIDxyQHguZXhhbXBsZT4=?=", [("r@x.example", "Renée")]),
        ("=?utf-8?Q?A=2C_B?= <r@x.example>", [("r@x.example", "A, B")]),
        ("r@x.example (Renée Petit)", [("r@x.example", "Renée Petit")]),
        ("Renée Petit (CCAS) <r@x.example>", [("r@x.example", "Renée Petit (CCAS)")]),
        ("Équipe : a@x.example, b@y.example;", [("a@x.example", ""), ("b@y.example", "")]),
        ("undisclosed-recipients:;", []),
        ("<@relais.example:r@x.example>", [("r@x.example", "")]),
        ("<mailto:r@x.example>", [("r@x.example", "")]),
        ("MAILER-DAEMON (Mail Delivery System)", [("MAILER-DAEMON", "Mail Delivery System")]),
        ("'Paul' <p@x.example>", [("p@x.example", "Paul")]),
        ("محمد علي <m@x.example>", [("m@x.example", "محمد علي")]),
        ("שרה כהן <s@x.example>, נועה <n@x.example>", [("s@x.example", "שרה כהן"), ("n@x.example", "נועה")]),
        ('"A \\"B\\" C" <a@x.example>', [("a@x.example", 'A "B" C')]),
        ("A <a@x.example", [("a@x.example", "A")]),
        ('"Renée Petit <r@x.example>, b@y.example', [("r@x.example", "Renée Petit"), ("b@y.example", "")]),
        ('a@x.example, "', [("a@x.example", "")]),
        ("a@x.example,,,b@x.example", [("a@x.example", ""), ("b@x.example", "")]),
        ("", []),
    ],
)
def test_mailboxes_are_found(ecrit: str, lu: list[tuple[str, str]]) -> None:
    assert parse_addresses(ecrit) == [Adresse(*paire) for paire in lu]


def test_ten_thousand_recipients_are_all_read_quickly() -> None:
    liste = ",\r\n ".join(f'"Nom, {i}" <u{i}@x.example>' for i in range(10_000))
    depart = time.process_time()
    lues = parse_addresses(liste)
    assert time.process_time() - depart < 12
    assert len({adresse for adresse, _ in lues}) == 10_000


@pytest.mark.parametrize("motif", ["(", '"', "<", "@", "a@", "abc, ", '"\\', "=?a?q?", ":;"])
def test_no_address_list_takes_quadratic_time(motif: str) -> None:
    depart = time.process_time()
    parse_addresses(motif * (200_000 // len(motif)))
    assert time.process_time() - depart < 12
