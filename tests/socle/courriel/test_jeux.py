"""Bytes to text, whatever the label says."""

import base64

import pytest

from socle.courriel.jeux import clean, codec_of, decode_text, decode_transfer


@pytest.mark.parametrize(
    ("octets", "jeu", "attendu"),
    [
        ("L’école à 10 h — 12 €".encode(), None, "L’école à 10 h — 12 €"),
        ("L’école à 10 h — 12 €".encode("cp1252"), None, "L’école à 10 h — 12 €"),
        ("L’école à 10 h — 12 €".encode("cp1252"), "iso-8859-1", "L’école à 10 h — 12 €"),
        ("cœur".encode("iso-8859-15"), "ISO-8859-15", "cœur"),
        ("été".encode(), "us-ascii", "été"),
        ("été".encode("cp1252"), "us-ascii", "été"),
        ("été".encode("cp1252"), "utf-8", "été"),
        ("été".encode("cp1252"), "x-inconnu", "été"),
        ("été".encode(), "zlib", "été"),
        ("été".encode("cp1252"), "punycode", "été"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("你好世界".encode("gb18030"), "gb2312", "你好世界"),
        ("机房环境法规".encode("gb2312"), None, "机房环境法规"),
        ("テスト".encode("iso-2022-jp"), "ISO-2022-JP", "テスト"),
        ("テスト".encode("iso-2022-jp"), None, "テスト"),
        ("ｱ①".encode("cp932"), "Shift_JIS", "ｱ①"),
        ("été".encode("utf-16"), None, "été"),
        ("été".encode("utf-16-le"), "utf-16le", "été"),
        (b"\xef\xbb\xbfBonjour", None, "Bonjour"),
    ],
)
def test_a_text_is_read_as_its_author_wrote_it(octets: bytes, jeu: str | None, attendu: str) -> None:
    assert decode_text(octets, jeu) == attendu


def test_a_text_mixing_two_sets_keeps_both() -> None:
    octets = "La réponse : ".encode() + "dépôt fermé".encode("cp1252")
    assert decode_text(octets) == "La réponse : dépôt fermé"


def test_french_capitals_are_not_taken_for_chinese() -> None:
    texte = "À L’ÉCOLE, ÇÀ ET LÀ : ÊTRE ÉLÈVE, NOËL, GARÇON, DÉJÀ VU, ÉÉ"
    assert decode_text(texte.encode("cp1252")) == texte


def test_what_postgresql_refuses_is_taken_out() -> None:
    assert clean("a\x00b\ud800c") == "abc"
    assert "\x00" not in decode_text(b"a\x00b")


@pytest.mark.parametrize("nom", ["", None, "zip", "rot13", "../etc", "a" * 5000, "hex\x00", "idna", "undefined"])
def test_an_odd_character_set_name_is_never_trusted_blindly(nom: str | None) -> None:
    assert isinstance(decode_text("été à Noël".encode("cp1252"), nom), str)
    assert decode_text("été à Noël".encode("cp1252"), nom) == "été à Noël"


def test_latin_1_means_windows_1252() -> None:
    assert codec_of("ISO-8859-1") == codec_of("latin1") == codec_of("us-ascii") == "cp1252"


def test_base64_survives_what_mailers_do_to_it() -> None:
    contenu = bytes(range(256)) * 3
    code = base64.b64encode(contenu)
    assert decode_transfer(base64.encodebytes(contenu), "base64") == contenu
    assert decode_transfer(code.rstrip(b"="), "base64") == contenu
    assert decode_transfer(code + b"\r\n\r\n", "base64") == contenu
    assert decode_transfer(base64.b64encode(b"ab") + b"\n" + base64.b64encode(b"cd"), "base64") == b"abcd"


def test_plain_text_labelled_base64_comes_back_untouched() -> None:
    texte = "Bonjour, ceci n’est pas encodé.\nVraiment.\n".encode()
    assert decode_transfer(texte, "base64") == texte


def test_a_footer_pasted_after_base64_is_kept() -> None:
    corps = (
        base64.encodebytes("Réunion à 18 h".encode()) + b"_____________\nliste@asso.example - se d\xc3\xa9sabonner ?\n"
    )
    lu = decode_transfer(corps, "base64").decode()
    assert lu.startswith("Réunion à 18 h")
    assert "se désabonner" in lu


@pytest.mark.parametrize("encodage", ["base64", "quoted-printable", "x-uuencode", "7bit", "binaire"])
def test_no_transfer_encoding_raises(encodage: str) -> None:
    for octets in (b"", b"=", b"=3", b"A", b"AAAAA", b"\xff" * 50, b"begin 644 a\n\xff\nend"):
        assert isinstance(decode_transfer(octets, encodage), bytes)
