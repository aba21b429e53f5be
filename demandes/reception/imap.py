"""IMAP transport: raw bytes and their date out of a folder, then away to another folder. No business here.

imap-tools connects, signs in and names folders (modified UTF-7); messages are never parsed by it.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderCreateError,
    MailboxFolderSelectError,
    MailboxLoginError,
)

DELAI = 20  # seconds without an answer
_RECU_LE = re.compile(rb'INTERNALDATE "([^"]{20,40})"')


class ReleveImpossible(Exception):
    """The mailbox can't be collected; the message is a French sentence for the screen."""


@dataclass(frozen=True)
class Acces:
    """How to enter a mailbox. `jeton` (OAuth 2) is used instead of the password when there is one."""

    hote: str
    port: int
    securite: str
    compte: str
    secret: str
    dossier: str = "INBOX"
    jeton: str = ""


@dataclass(frozen=True)
class Recu:
    """One message of the folder: its UID, its bytes, when the server received it (None when it does not say)."""

    uid: str
    brut: bytes
    recu_at: datetime | None


@contextmanager
def open_mailbox(acces: Acces) -> Iterator[BaseMailBox]:
    """Enter the folder. Raises ReleveImpossible, for anything that goes wrong inside too."""
    try:
        with _sign_in(acces) as mailbox:
            mailbox.folder.set(acces.dossier)
            yield mailbox
    except (OSError, ImapToolsError, imaplib.IMAP4.error) as error:
        raise ReleveImpossible(explain(error, acces)) from error


def list_uids(mailbox: BaseMailBox) -> list[str]:
    """Return the UIDs of the folder, oldest first. What is there is still to read: no UID is remembered."""
    return sorted(mailbox.uids("ALL", charset=None), key=int)


def fetch_raw(mailbox: BaseMailBox, uid: str) -> Recu | None:
    """Return one message untouched and unmarked; None when it is gone meanwhile."""
    statut, reponse = mailbox.client.uid("FETCH", uid, "(INTERNALDATE BODY.PEEK[])")
    if statut != "OK":
        raise imaplib.IMAP4.error("FETCH")
    couples = [morceau for morceau in reponse if isinstance(morceau, tuple)]
    if not couples:
        return None
    entourage = b" ".join([couples[0][0], *(m for m in reponse if isinstance(m, bytes))])
    return Recu(uid, couples[0][1], _read_date(entourage))


def ensure_folder(mailbox: BaseMailBox, nom: str) -> str:
    """Return the folder where collected messages go, created when absent (below INBOX where the server wants it)."""
    if mailbox.folder.exists(nom):
        return nom
    try:
        mailbox.folder.create(nom)
    except MailboxFolderCreateError:
        delimiteur = next((dossier.delim for dossier in mailbox.folder.list()), ".")
        nom = f"INBOX{delimiteur}{nom}"
        if not mailbox.folder.exists(nom):
            mailbox.folder.create(nom)
    return nom


def explain(error: Exception, acces: Acces) -> str:
    """Return what went wrong as a sentence an administrator can act on; never the password nor the account."""
    phrases: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
        (MailboxLoginError, "Le serveur refuse ce compte ou ce mot de passe."),
        (MailboxFolderSelectError, f"Le dossier «\u00a0{acces.dossier}\u00a0» n'existe pas dans cette boîte."),
        (MailboxFolderCreateError, "Le dossier des messages relevés ne peut pas être créé."),
        (
            ssl.SSLError,
            "La connexion sécurisée a échoué\u00a0: vérifiez le port, la sécurité et le certificat du serveur.",
        ),
        (socket.gaierror, f"Le serveur «\u00a0{acces.hote}\u00a0» est introuvable."),
        (ConnectionRefusedError, f"Le serveur refuse la connexion sur le port {acces.port}."),
        (TimeoutError, f"Le serveur n'a pas répondu en {DELAI}\u00a0secondes."),
        (OSError, "La connexion au serveur a été coupée."),
    )
    found = next((phrase for kind, phrase in phrases if isinstance(error, kind)), "")
    return found or "Le serveur a répondu une erreur."


def _sign_in(acces: Acces) -> BaseMailBox:
    mailbox = _connect(acces)
    try:
        if acces.jeton:
            return mailbox.xoauth2(acces.compte, acces.jeton, initial_folder=None)
        return mailbox.login(acces.compte, acces.secret, initial_folder=None)
    except BaseException:
        mailbox.client.shutdown()
        raise


def _connect(acces: Acces) -> BaseMailBox:
    options: dict[str, Any] = {"timeout": DELAI}
    if acces.securite == "aucune":
        return MailBoxUnencrypted(acces.hote, acces.port, **options)
    options["ssl_context"] = ssl.create_default_context()
    sort = MailBoxStartTls if acces.securite == "starttls" else MailBox
    return sort(acces.hote, acces.port, **options)


def _read_date(entourage: bytes) -> datetime | None:
    trouve = _RECU_LE.search(entourage)
    if trouve is None:
        return None
    try:
        return datetime.strptime(trouve.group(1).decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None
