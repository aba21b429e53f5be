"""HTML bodies: nothing that acts, nothing that calls home, readable as text."""

import time

import pytest

from socle.courriel.html import declared_charset, is_bounded, raw_text, sanitise, to_text


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>",
        '<img src="https://pixel.example/p.gif">',
        "<style>body{background:url(//x.example)}</style>",
        '<a href="javascript:alert(1)">x</a>',
        '<p onclick="x()" style="background:url(//x.example)">x</p>',
        '<iframe src="//x.example"></iframe>',
        '<svg><script>alert(1)</script><image href="//x.example"/></svg>',
        '<form action="//x.example"><input name=a></form>',
        '<link rel=stylesheet href="//x.example"><base href="//x.example">',
        '<meta http-equiv=refresh content="0;//x.example">',
        '<video poster="//x.example"></video><object data="//x.example"></object>',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        '<a href="data:text/html,x">x</a>',
    ],
)
def test_nothing_acts_nor_calls_home(page: str) -> None:
    propre = (sanitise(f"<p>Bonjour</p>{page}") or "").lower()
    assert "bonjour" in propre
    for interdit in (
        "script",
        "x.example",
        "pixel",
        "alert",
        "onclick",
        "style",
        "javascript",
        "<img",
        "<svg",
        "data:",
    ):
        assert interdit not in propre


def test_what_people_write_stays() -> None:
    page = '<p>Bonjour <b>Madame</b>,<br>voir <a href="https://valmont.example/x">la page</a></p><ul><li>un</li></ul>'
    propre = sanitise(page) or ""
    assert "<b>Madame</b>" in propre
    assert 'href="https://valmont.example/x"' in propre
    assert 'rel="noopener noreferrer nofollow"' in propre
    assert "<li>un</li>" in propre


def test_a_page_reads_as_text() -> None:
    page = (
        "<div>Bonjour&nbsp;!</div><p>Une&#233;cole</p><ul><li>un</li><li>deux</li></ul>"
        '<p><a href="https://valmont.example/a">ici</a> et <a href="mailto:a@x.example">a@x.example</a></p>'
        "<table><tr><td>a</td><td>b</td></tr></table><blockquote>cité</blockquote>"
    )
    texte = to_text(sanitise(page) or "")
    assert "Bonjour\u00a0!" in texte
    assert "- un\n- deux" in texte
    assert "ici (https://valmont.example/a)" in texte
    assert "a@x.example (" not in texte
    assert "a\tb" in texte
    assert "> cité" in texte


def test_a_page_says_its_character_set() -> None:
    assert declared_charset(b'<html><meta charset="iso-8859-15">') == "iso-8859-15"
    assert (
        declared_charset(b"<meta http-equiv=Content-Type content='text/html; charset=windows-1252'>") == "windows-1252"
    )
    assert declared_charset(b"<p>charset=x</p>") is None


@pytest.mark.parametrize(
    "motif", ["<div>a", "<blockquote>", "<table><tr><td>", "<b><a href=x>", "<font size=1><p>", "<"]
)
def test_a_page_made_to_hang_the_parser_is_refused_quickly(motif: str) -> None:
    page = motif * (600_000 // len(motif))
    depart = time.process_time()
    assert sanitise(page) is None or motif == "<"
    assert time.process_time() - depart < 12


def test_a_refused_page_still_reads_as_text() -> None:
    page = "<div>" * 5_000 + "Au secours<script>vilain()</script>"
    assert not is_bounded(page)
    assert raw_text(page) == "Au secours"
