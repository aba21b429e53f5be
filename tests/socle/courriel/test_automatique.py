"""No acknowledgement to a machine; always one to a person."""

import pytest

from socle.courriel import lire


@pytest.mark.parametrize(
    "entete",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (failure)",
        "Precedence: bulk",
        "Precedence: List",
        "Precedence: junk",
        "X-Loop: x",
        "X-Auto-Response-Suppress: All",
        "List-Id: <l.x.example>",
        "List-Unsubscribe: <mailto:x@x.example>",
        "Return-Path: <>",
        "Content-Type: multipart/report; boundary=x",
        "From: MAILER-DAEMON@x.example",
        "From: Poste <postmaster@x.example>",
        "From: no-reply@x.example",
        "From: noreply+12@x.example",
        "From: ne-pas-repondre@x.example",
        "From: nepasrepondre@x.example",
    ],
)
def test_a_machine_is_recognised_and_the_reason_is_said(entete: str) -> None:
    lu = lire(f"{entete}\nFrom: a@x.example\nSubject: x\n\nbonjour".encode())
    assert lu.automatique
    assert lu.motif_automatique


@pytest.mark.parametrize(
    "entete",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: No (humain)",
        "Precedence: first-class",
        "Return-Path: <a@x.example>",
        "X: y",
    ]
    + [f"From: {nom}@x.example" for nom in ("noreplyman", "postmasterdupont", "norbert", "bounceur")],
)
def test_a_person_is_not_taken_for_a_machine(entete: str) -> None:
    assert not lire(f"{entete}\nFrom: a@x.example\nSubject: x\n\nbonjour".encode()).automatique
