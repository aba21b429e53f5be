"""Raw messages written for the tests, small and self-made."""

ENTETES = (
    b"From: Jeanne Morel <jeanne.morel@courrier.example>\r\n"
    b"To: accueil+k7d2@valmont.example\r\n"
    b"Subject: Test\r\n"
    b"MIME-Version: 1.0\r\n"
)


def multipart(*parties: bytes, sous_type: str = "mixed", entetes: bytes = ENTETES, frontiere: str = "=_f1") -> bytes:
    """Return a multipart message whose parts are given with their own headers."""
    marque = b"--" + frontiere.encode()
    tete = entetes + f'Content-Type: multipart/{sous_type}; boundary="{frontiere}"\r\n\r\n'.encode()
    return tete + b"".join(marque + b"\r\n" + partie + b"\r\n" for partie in parties) + marque + b"--\r\n"


def texte(corps: str, jeu: str = "utf-8") -> bytes:
    """Return an 8-bit plain text part."""
    return (
        f"Content-Type: text/plain; charset={jeu}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()
        + corps.encode(jeu)
    )


def rapport(
    destinataire: str,
    statut: str,
    diagnostic: str,
    *,
    action: str = "failed",
    notice: str = "Notification",
    entetes: bytes = b"",
) -> bytes:
    """Return an RFC 3464 report in the manner of Postfix, with our message attached."""
    return multipart(
        b"Content-Type: text/plain; charset=us-ascii\r\n\r\n" + notice.encode(),
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.valmont.example\r\n\r\n"
        + f"Final-Recipient: rfc822; {destinataire}\r\nAction: {action}\r\nStatus: {statut}\r\n".encode()
        + f"Diagnostic-Code: smtp; {diagnostic}\r\n".encode(),
        b"Content-Type: message/rfc822\r\n\r\nMessage-ID: <envoi-77@guichet.valmont.example>\r\n"
        b"Subject: Votre demande\r\n\r\nBonjour",
        sous_type="report; report-type=delivery-status",
        entetes=b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.valmont.example (Mail Delivery System)\r\n"
        b"To: accueil@valmont.example\r\nSubject: Undelivered Mail Returned to Sender\r\n" + entetes,
    )


def notice(
    corps: str, *, sujet: str = "failure notice", auteur: str = "MAILER-DAEMON@mx.example", plus: str = ""
) -> bytes:
    """Return a free-text bounce."""
    return f"From: {auteur}\nTo: accueil@valmont.example\nSubject: {sujet}\n{plus}\n{corps}".encode()
