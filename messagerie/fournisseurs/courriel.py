"""E-mail by SMTP. The Message-ID is fixed for life: sent twice, it is the same message, which mailboxes keep once."""

import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from io import BytesIO
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from messagerie.fournisseurs.base import (
    DELAI_REPONSE,
    CompteInutilisable,
    Message,
    PanneTemporaire,
    Piece,
    RefusDefinitif,
    SortInconnu,
)
from socle.depot import FichierAbsent, open_file
from socle.fichiers.antivirus import Analyse, is_configured, scan

PERMANENT = 500
LECTURE = 45.0  # seconds the antivirus may take over the files of one message: the lease of a row is two minutes


@dataclass(frozen=True)
class Relais:
    """`smtp://` plain (a local relay), `smtp+starttls://` or `smtps://`, with `user:password@` if needed."""

    nature: str
    hote: str
    port: int
    compte: str
    secret: str


def parse_smtp_url(url: str) -> Relais:
    """Read SMTP_URL."""
    parts = urlsplit(url)
    port = parts.port or (465 if parts.scheme == "smtps" else 587 if parts.scheme == "smtp+starttls" else 25)
    host = parts.hostname or "127.0.0.1"
    return Relais(parts.scheme, host, port, unquote(parts.username or ""), unquote(parts.password or ""))


class Courriel:
    """One connection a message: a relay that dies between two messages costs nothing."""

    nom = "courriel"
    is_idempotent = True  # same Message-ID

    def __init__(self, smtp_url: str) -> None:
        self.relais = parse_smtp_url(smtp_url)

    def send(self, message: Message) -> str:
        """See Fournisseur."""
        verify_pieces(message.pieces)
        built = build_email(message)
        sender = parseaddr(message.expediteur)[1]
        with _dialogue(self.relais) as client:
            _hand_over(client, sender, message.destinataire, built.as_bytes())
        return str(built["Message-ID"])


def build_email(message: Message) -> EmailMessage:
    """Return the MIME message: text, HTML as its alternative, files (their names as RFC 2231 writes them).

    The library refuses any line break in a header.
    """
    built = EmailMessage(policy=SMTP)
    name, address = parseaddr(message.expediteur)
    if not address:
        raise RefusDefinitif("L'adresse de l'expéditeur est illisible.")
    built["From"] = Address(display_name=name, addr_spec=address)
    built["To"] = to_ascii(message.destinataire)
    built["Subject"] = message.objet
    built["Date"] = format_datetime(message.created_at)
    if message.repondre_a:
        built["Reply-To"] = to_ascii(message.repondre_a)
    for header, value in message.entetes.items():
        built[header] = value
    built.set_content(message.texte)
    if message.html:
        built.add_alternative(message.html, subtype="html")
    for piece in message.pieces:
        _attach(built, piece)
    return built


def _attach(built: EmailMessage, piece: Piece) -> None:
    """Add one file. A type that would nest (message/…, multipart/…) travels as mere bytes."""
    family, _, kind = piece.type_mime.partition("/")
    if family not in {"application", "image", "text", "audio", "video"} or not kind:
        family, kind = "application", "octet-stream"
    with _open(piece) as flux:
        built.add_attachment(flux.read(), maintype=family, subtype=kind, filename=piece.nom)


def _open(piece: Piece) -> BinaryIO:
    if piece.contenu:
        return BytesIO(piece.contenu)
    try:
        return open_file(piece.chemin)
    except FichierAbsent as error:
        raise RefusDefinitif(f"Le fichier «\u00a0{piece.nom}\u00a0» n'est plus dans le dépôt.") from error


def verify_pieces(pieces: tuple[Piece, ...]) -> None:
    """Have the antivirus, if any, read the files right before they leave. Raises RefusDefinitif, PanneTemporaire."""
    started = time.monotonic()
    for piece in pieces if is_configured() else ():
        with _open(piece) as flux:
            infected = scan(flux).analyse == Analyse.INFECTEE
        if infected:
            raise RefusDefinitif(f"Le fichier «\u00a0{piece.nom}\u00a0» est infecté\u00a0: rien n'est parti.")
        if time.monotonic() - started > LECTURE:
            raise PanneTemporaire("L'antivirus est trop lent.")


def to_ascii(address: str) -> str:
    """Return the address with its domain in IDNA: « lea@mairie-évry.fr » → « lea@xn--… »."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


@contextmanager
def _dialogue(relais: Relais) -> Iterator[smtplib.SMTP]:
    """Connect, secure, sign in. Nothing has left yet: any failure here is temporary."""
    try:
        client = _connect(relais)
    except smtplib.SMTPAuthenticationError as error:
        raise CompteInutilisable("Le relais de courriel refuse le compte.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise PanneTemporaire("Le relais de courriel ne répond pas.") from error
    try:
        yield client
    finally:
        client.close()


def _connect(relais: Relais) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if relais.nature == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(relais.hote, relais.port, timeout=DELAI_REPONSE, context=context)
    else:
        client = smtplib.SMTP(relais.hote, relais.port, timeout=DELAI_REPONSE)
    if relais.nature == "smtp+starttls":
        client.starttls(context=context)
    if relais.compte:
        client.login(relais.compte, relais.secret)
    return client


def _hand_over(client: smtplib.SMTP, sender: str, recipient: str, body: bytes) -> None:
    """Give the message; 4xx is temporary, 5xx is for ever, silence is unknown."""
    try:
        client.sendmail(to_ascii(sender), [to_ascii(recipient)], body)
    except smtplib.SMTPRecipientsRefused as error:
        code, reason = next(iter(error.recipients.values()))
        _refuse(code, reason, error)
    except smtplib.SMTPResponseException as error:
        _refuse(error.smtp_code, error.smtp_error, error)
    except (UnicodeError, smtplib.SMTPNotSupportedError) as error:
        raise RefusDefinitif("Le relais ne sait pas écrire à cette adresse.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise SortInconnu("Le relais de courriel s'est tu pendant l'envoi.") from error


def _refuse(code: int, reason: bytes | str, error: Exception) -> None:
    said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    sentence = f"{code} {' '.join(said.split())}"[:400]
    raise (RefusDefinitif if code >= PERMANENT else PanneTemporaire)(sentence) from error
