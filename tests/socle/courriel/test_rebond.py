"""Bounces of many mail systems: seen, named, and permanent only when the address itself is dead."""

from pathlib import Path

import pytest

from socle.courriel import lire
from tests.socle.courriel.messages import ENTETES, multipart, rapport, texte

NOTICES = sorted((Path(__file__).parents[2] / "donnees" / "courriels" / "rebonds").glob("*.eml"))
USAGER = "jean.petit@courrier.example"


@pytest.mark.parametrize(
    ("statut", "diagnostic", "permanent"),
    [
        ("5.1.1", f"550 5.1.1 <{USAGER}>: Recipient address rejected: User unknown in virtual mailbox table", True),
        (
            "5.1.1",
            "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
            True,
        ),
        ("5.0.0", "550 5.1.1 user unknown (UserSearch)", True),
        ("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", True),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", True),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. [DB5EUR01FT]", True),
        ("5.0.0", "550 5.1.0 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]", True),
        (
            "5.4.4",
            "X-Postfix; Host or domain name not found. Name service error for name=valmnt.example type=MX",
            True,
        ),
        ("5.1.2", "550 5.1.2 Bad destination system address", True),
        ("5.1.10", "556 5.1.10 Domain does not accept mail (nullMX)", True),
        ("5.1.6", "550 5.1.6 The recipient has moved to another address", True),
        ("5.0.0", "554 delivery error: dd This user doesn't have a courrier.example account", True),
        ("5.2.2", "552 5.2.2 The email account that you tried to reach is over quota", False),
        ("5.2.2", "550 5.2.2 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]", False),
        ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled", False),
        ("5.7.1", "550 5.7.1 Message rejected as spam by Content Filtering.", False),
        (
            "5.7.26",
            "550-5.7.26 This message does not pass authentication checks (SPF and DKIM both do not pass)",
            False,
        ),
        ("5.7.1", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example", False),
        ("5.1.8", "550 5.1.8 Sender address rejected: Domain not found", False),
        ("5.7.1", f"554 5.7.1 <{USAGER}>: Relay access denied", False),
        ("5.3.4", "552 5.3.4 Message size exceeds fixed maximum message size", False),
        ("4.4.1", "X-Postfix; connect to courrier.example[192.0.2.9]:25: Connection timed out", False),
        ("4.7.1", "450 4.7.1 Greylisted, try again in 300 seconds", False),
        ("4.1.1", "450 4.1.1 Recipient address rejected: unverified address: unknown user", False),
        ("4.4.3", "X-Postfix; Host or domain name not found. Name service error: Host not found, try again", False),
        ("5.0.0", "550 5.2.0 Mail rejete. Mail rejected. ofr_506 [506]", False),
        ("5.7.1", "550 5.7.1 <mx.valmont.example>: Helo command rejected: Host not found", False),
        ("5.7.1", "554 5.7.1 Client host rejected: cannot find your hostname", False),
        ("5.2.1", "550 5.2.1 This account has been closed", True),
        ("5.0.0", "554 SMTP error for this address: connection closed by remote host", False),
        ("5.0.0", "554 5.0.0 see https://aide.example/unknown-user/spam", False),
        ("5.4.6", "554 5.4.6 Too many hops: hop count exceeded", False),
    ],
)
def test_a_report_says_whether_the_address_is_dead(statut: str, diagnostic: str, permanent: bool) -> None:
    rebond = lire(rapport(USAGER, statut, diagnostic)).rebond
    assert rebond is not None
    assert rebond.destinataire == USAGER
    assert rebond.permanent is permanent
    assert rebond.message_id == "envoi-77@guichet.valmont.example"
    assert rebond.raison


def test_the_remote_server_s_code_wins_over_a_vague_one() -> None:
    rebond = lire(rapport(USAGER, "5.0.0", "550 5.1.1 User unknown")).rebond
    assert rebond is not None
    assert rebond.code == "5.1.1"


def test_a_delay_is_no_death() -> None:
    rebond = lire(rapport(USAGER, "4.1.1", "450 4.1.1 user unknown", action="delayed")).rebond
    assert rebond is not None
    assert not rebond.permanent


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_success_report_is_no_bounce(action: str) -> None:
    assert lire(rapport(USAGER, "2.0.0", "250 2.0.0 OK", action=action)).rebond is None


@pytest.mark.parametrize("fichier", NOTICES, ids=lambda f: f.stem)
def test_a_notice_without_report_is_understood(fichier: Path) -> None:
    rebond = lire(fichier.read_bytes()).rebond
    assert rebond is not None
    assert rebond.destinataire == USAGER
    assert rebond.permanent is (".permanent." in fichier.name)


def test_the_notices_of_many_systems_are_there() -> None:
    assert len(NOTICES) >= 12


def test_a_returned_message_is_recognised_in_a_text() -> None:
    rebond = lire(next(f for f in NOTICES if f.name == "qmail.permanent.eml").read_bytes()).rebond
    assert rebond is not None
    assert rebond.message_id == "envoi-1@x.example"


def test_several_recipients_give_the_first_that_failed() -> None:
    brut = rapport("ok@x.example", "2.0.0", "250 OK", action="delivered").replace(
        b"Diagnostic-Code: smtp; 250 OK\r\n",
        b"\r\nFinal-Recipient: rfc822; mort@x.example\r\nAction: failed\r\nStatus: 5.1.1\r\n",
    )
    rebond = lire(brut).rebond
    assert rebond is not None
    assert (rebond.destinataire, rebond.permanent) == ("mort@x.example", True)


@pytest.mark.parametrize(
    "brut",
    [
        ENTETES
        + b"\r\nBonjour, mon courrier du 12 mars n'a pas ete distribue : 550 rue des Lilas, utilisateur inconnu.",
        ENTETES + "\r\nVotre réponse m’est revenue : 550 5.1.1 User unknown. Que faire ?".encode(),
        b"From: a@x.example\nSubject: Undelivered mail\n\nI never got it.",
        b"From: a@x.example\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: Absence\n\nJe suis absent.",
        b"From: postmaster@x.example\nSubject: =?utf-8?q?R=C3=A9ponse_automatique?= : absence\n\nAbsente.",
        b"From: no-reply@x.example\nSubject: Facture\n\nVotre facture 550 est disponible.",
        multipart(
            b"Content-Type: text/plain\r\n\r\nlu",
            b"Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; a@x.example\r\n"
            b"Disposition: manual-action/MDN-sent-manually; displayed\r\n",
            sous_type="report; report-type=disposition-notification",
        ),
        multipart(
            b"Content-Type: text/plain\r\n\r\nabuse",
            b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n",
            sous_type="report; report-type=feedback-report",
        ),
        multipart(
            texte("Pouvez-vous m’aider ?"),
            b"Content-Type: message/rfc822\r\n\r\n" + rapport(USAGER, "5.1.1", "550 x"),
            frontiere="=_dehors",
        ),
    ],
)
def test_an_ordinary_message_is_no_bounce(brut: bytes) -> None:
    assert lire(brut).rebond is None


GATEWAY = "From: E500_SMTP_Mail_Service@passerelle.example\nTo: accueil@valmont.example\n"


@pytest.mark.parametrize(
    "brut",
    [
        GATEWAY + "Subject: Returned Mail - Error During Delivery\n\n<a@b.example>: mailbox unavailable. [SMTP 550]",
        (
            "From: MDaemon@b.example\nTo: accueil@valmont.example\nSubject: Warning: a@b.example - User unknown!\n\n"
            "a@b.example - no such user here.\n"
        ),
        (
            "Return-Path: <>\nFrom: imss@b.example\nTo: c@valmont.example\nSubject: Mail could not be delivered\n\n"
            "Sent <<< RCPT TO:<a@b.example>\nReceived >>> 550 5.1.1 unknown user.\nUnable to deliver message."
        ),
    ],
)
def test_gateways_that_sign_with_names_of_their_own_are_seen(brut: str) -> None:
    rebond = lire(brut.encode()).rebond
    assert rebond is not None
    assert rebond.destinataire == "a@b.example"


@pytest.mark.parametrize(
    "brut",
    [
        # a parcel, told by a machine
        (
            "From: suivi@colis.example\nTo: accueil@valmont.example\nPrecedence: bulk\nSubject: Delivery failed\n\n"
            "We were unable to deliver your parcel today. We will try again tomorrow."
        ),
        # a citizen whose letter came back
        (
            "From: Jeanne <jeanne@courrier.example>\nTo: accueil@valmont.example\nSubject: Courrier non distribué\n\n"
            "Bonjour, La Poste n'a pas pu distribuer votre lettre, mon adresse est le 12 rue des Lilas."
        ),
        # an answer to a bounce, and one that is passed on
        GATEWAY + "In-Reply-To: <x@y.example>\nSubject: Returned mail\n\n<a@b.example>: mailbox unavailable.",
        GATEWAY + "Subject: TR: Returned mail\n\n<a@b.example>: mailbox unavailable.",
    ],
)
def test_what_looks_like_a_gateway_notice_is_not_one(brut: str) -> None:
    assert lire(brut.encode()).rebond is None
