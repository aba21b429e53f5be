"""A whole message: fields, text, page, attachments of every kind."""

import base64
import hashlib
import json

import pytest

from socle.courriel import lire
from tests.socle.courriel.messages import ENTETES, multipart, texte

PDF = b"%PDF-1.4\r\n\x00\xff\r\n%%EOF"
PIECE_PDF = (
    b'Content-Type: application/pdf; name="dossier.pdf"\r\nContent-Disposition: attachment\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(PDF)
)


def test_the_fields_of_an_ordinary_message_are_read() -> None:
    brut = (
        "From: =?utf-8?Q?Ren=C3=A9e?= Petit <Renee@courrier.example>\n"
        "To: Mairie <accueil@valmont.example>, etat-civil@valmont.example\nCc: paul@courrier.example\n"
        "Delivered-To: guichet+k7d2@valmont.example\nReply-To: autre@courrier.example\n"
        "Subject: Re: Éclairage\nDate: Tue, 12 Mar 2024 10:21:44 +0100\nMessage-ID: <a1@courrier.example>\n"
        "In-Reply-To: <g1@valmont.example>\nReferences: <g0@valmont.example>\n <g1@valmont.example>\n\n"
        "Merci !\n\n> cité\n"
    ).encode()
    lu = lire(brut)
    assert (lu.expediteur, lu.expediteur_nom) == ("Renee@courrier.example", "Renée Petit")
    assert [a.adresse for a in lu.a] == ["accueil@valmont.example", "etat-civil@valmont.example"]
    assert [a.adresse for a in lu.cc] == ["paul@courrier.example"]
    assert lu.repondre_a == "autre@courrier.example"
    assert "guichet+k7d2@valmont.example" in lu.destinataires
    assert lu.objet == "Re: Éclairage"
    assert lu.date
    assert lu.date.isoformat() == "2024-03-12T10:21:44+01:00"
    assert (lu.message_id, lu.in_reply_to) == ("a1@courrier.example", "g1@valmont.example")
    assert lu.references == ("g0@valmont.example", "g1@valmont.example")
    assert lu.texte == "Merci !\n\n> cité\n"
    assert lu.texte_utile == "Merci !"
    assert lu.html is None
    assert not lu.automatique


def test_the_json_reading_holds_exactly_the_promised_keys() -> None:
    cles = (
        "from from_name to cc subject date message_id in_reply_to references texte texte_utile html pieces"
        " automatique rebond"
    ).split()
    lu = lire(multipart(texte("Bonjour"), PIECE_PDF)).as_dict()
    assert list(lu) == cles
    piece = {"nom": "dossier.pdf", "type": "application/pdf", "octets": len(PDF)}
    assert lu["pieces"] == [piece | {"sha256": hashlib.sha256(PDF).hexdigest()}]
    assert lu["date"] is None
    json.dumps(lu)


def test_a_page_alone_gives_a_text() -> None:
    lu = lire(ENTETES + b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Bonjour,</p><p>merci<br>Jeanne</p>")
    assert lu.texte_utile == "Bonjour,\n\nmerci\nJeanne"
    assert lu.html
    assert "<p>Bonjour,</p>" in lu.html


def test_a_reply_in_a_page_alone_is_freed_from_its_quotation() -> None:
    page = (
        '<div dir="ltr">Oui, merci.</div><br><div class="gmail_quote"><div class="gmail_attr">Le mar. 12 mars'
        " 2024 à 10:21, Mairie &lt;a@x.example&gt; a écrit :<br></div><blockquote>Confirmez-vous ?</blockquote></div>"
    )
    brut = ENTETES + b"Content-Type: text/html; charset=utf-8\r\nIn-Reply-To: <x@y>\r\n\r\n" + page.encode()
    assert lire(brut).texte_utile == "Oui, merci."


def test_text_and_page_are_not_attachments_but_the_inline_image_is() -> None:
    image = b"\x89PNG\r\n\x1a\n" + bytes(20)
    corps = multipart(
        texte("Voir la photo"),
        multipart(
            b'Content-Type: text/html; charset=utf-8\r\n\r\n<p>Voir</p><img src="cid:i1">',
            b"Content-Type: image/png\r\nContent-ID: <i1>\r\nContent-Disposition: inline\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(image),
            sous_type="related",
            entetes=b"",
            frontiere="rel",
        ),
        sous_type="alternative",
    )
    lu = lire(corps)
    assert lu.texte == "Voir la photo"
    assert [(p.nom, p.content_id, p.contenu) for p in lu.pieces] == [("image.png", "i1", image)]
    assert lu.html == "<p>Voir</p>"


def test_an_attached_message_keeps_its_bytes_and_takes_its_subject_as_name() -> None:
    joint = b"Subject: =?utf-8?Q?D=C3=A9p=C3=B4t?=\r\nDKIM-Signature: x\r\n\r\ncorps \xe9\r\n\r\n--=_dedans\r\n"
    lu = lire(multipart(texte("Voir"), b"Content-Type: message/rfc822\r\n\r\n" + joint))
    assert [(p.nom, p.type, p.contenu) for p in lu.pieces] == [("Dépôt.eml", "message/rfc822", joint)]
    code = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(joint)
    assert lire(multipart(texte("Voir"), code)).pieces[0].contenu == joint


def test_one_attached_text_has_one_digest_whatever_the_transport() -> None:
    brut = multipart(texte("Voir"), b"Content-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\ncorps\r\nfin")
    assert lire(brut).pieces[0].sha256 == lire(brut.replace(b"\r\n", b"\n")).pieces[0].sha256


@pytest.mark.parametrize(
    ("type_mime", "nom"),
    [
        ("application/ms-tnef", "winmail.dat"),
        ("application/pkcs7-mime; smime-type=signed-data", "smime.p7m"),
        ("application/pkcs7-signature", "smime.p7s"),
        ("text/calendar; method=REQUEST", "invitation.ics"),
        ("application/pgp-signature", "signature.asc"),
        ("application/x-inconnu", "piece-jointe.bin"),
    ],
)
def test_special_parts_are_attachments_with_a_name(type_mime: str, nom: str) -> None:
    lu = lire(multipart(texte("Bonjour"), f"Content-Type: {type_mime}\r\n\r\ncontenu".encode()))
    assert lu.texte == "Bonjour"
    assert [(p.nom, p.octets) for p in lu.pieces] == [(nom, 7)]


def test_a_text_file_is_an_attachment_and_texts_around_it_are_the_text() -> None:
    lu = lire(
        multipart(
            texte("Avant"),
            b"Content-Type: text/plain; name=releve.txt\r\nContent-Disposition: attachment\r\n\r\n12;34",
            texte("Après"),
        )
    )
    assert lu.texte == "Avant\nAprès"
    assert [(p.nom, p.contenu) for p in lu.pieces] == [("releve.txt", b"12;34")]


def test_a_uuencoded_file_in_the_text_becomes_an_attachment() -> None:
    lu = lire(ENTETES + b"\r\nVoici le fichier\r\n\r\nbegin 644 plan.txt\r\n%:&5L;&\\\r\n`\r\nend\r\n\r\nMerci\r\n")
    assert [(p.nom, p.contenu) for p in lu.pieces] == [("plan.txt", b"hello")]
    assert "begin 644" in lu.texte  # as received
    assert lu.texte_utile.split() == ["Voici", "le", "fichier", "Merci"]


def test_the_word_begin_in_a_sentence_is_no_file() -> None:
    lu = lire(ENTETES + b"\r\nbegin 644 problemes\nLes travaux commencent lundi.\nend\n")
    assert not lu.pieces
    assert "Les travaux" in lu.texte_utile


@pytest.mark.parametrize(
    ("nom", "sain"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\photo.jpg", "photo.jpg"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("x" * 500 + ".pdf", "x" * 180 + ".pdf"),
        ("...", "piece-jointe.bin"),
        ("شهادة.pdf", "شهادة.pdf"),
    ],
)
def test_a_file_name_can_harm_nobody(nom: str, sain: str) -> None:
    code = base64.b64encode(nom.encode()).decode()
    partie = f'Content-Type: application/x-inconnu; name="=?utf-8?B?{code}?="\r\n\r\nx'.encode()
    assert lire(multipart(texte("Bonjour"), partie)).pieces[0].nom == sain


def test_nothing_is_lost_when_the_structure_is_broken() -> None:
    sans_fin = multipart(texte("Bonjour"), PIECE_PDF).removesuffix(b"--=_f1--\r\n")
    assert lire(sans_fin).pieces[0].contenu == PDF
    sans_frontiere = multipart(texte("Bonjour"), PIECE_PDF).replace(b'; boundary="=_f1"', b"")
    assert lire(sans_frontiere).pieces[0].contenu == PDF
    fausse_frontiere = multipart(texte("Bonjour")).replace(b'boundary="=_f1"', b'boundary="autre"')
    assert "Bonjour" in lire(fausse_frontiere).texte
    apres = lire(multipart(texte("Bonjour")) + b"Texte ajoute par un antivirus")
    assert [p.contenu for p in apres.pieces] == [b"Texte ajoute par un antivirus"]
    assert apres.texte == "Bonjour"


def test_a_boundary_that_begins_another_is_not_taken_for_it() -> None:
    dedans = multipart(texte("dedans"), entetes=b"", frontiere="abc-2", sous_type="alternative")
    lu = lire(multipart(dedans, PIECE_PDF, frontiere="abc"))
    assert lu.texte == "dedans"
    assert lu.pieces[0].contenu == PDF


def test_the_sender_is_found_where_it_can_be() -> None:
    assert lire(b"Sender: a@x.example\n\nx").expediteur == "a@x.example"
    assert lire(b"Return-Path: <b@x.example>\n\nx").expediteur == "b@x.example"
    assert lire(b"From: [???]\nFrom: =?utf-8?Q?=C3=89va?= <c@x.example>\n\nx").expediteur == "c@x.example"
    assert lire(b"Subject: x\n\nx").expediteur == ""
