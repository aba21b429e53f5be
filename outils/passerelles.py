"""Demo gateways: a mail sink and an SMS provider that send nothing, and a page that shows what would have left.

One process, loopback only. ``SMTP_URL`` gives the port of the sink, ``PASSERELLE_URL`` the address of the page and of
the provider, ``URL_PUBLIQUE`` where Guichet listens for receipts, ``DONNEES`` where messages are kept.

``POST /sms`` takes ``{"reference", "numero", "texte", "expediteur"}`` and answers ``{"id"}``; the same reference gives
the same id and is kept once, as a real provider does with an idempotency key. ``GET /sms`` and ``GET /courriels``
list in JSON, newest first. The page's buttons post the receipt ``{"reference", "etat": "remis"|"echec", "raison"}``
to ``/entrees/sms/accuse/`` of Guichet, signed with its secret key (``X-Guichet-Signature``). The form « Écrire à la
mairie » posts ``{"id", "de", "texte"}`` to ``/entrees/<ville>/sms/``, signed the same way, as an operator would.
"""

import email
import email.policy
import hashlib
import hmac
import html
import json
import os
import re
import signal
import sys
import threading
import urllib.request
import uuid
from datetime import UTC, datetime
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

TAILLE_MAXIMALE = 30 * 2**20
AFFICHES = 200
HOTES = {"127.0.0.1", "localhost", "::1"}
STYLE = """
:root{color-scheme:light dark;--trait:light-dark(#d5dde2,#3b4750);--encre:light-dark(#15212b,#eef3f6)}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:var(--encre)}
article{border:1px solid var(--trait);border-radius:8px;padding:.75rem 1rem;margin:.75rem 0}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}h3{font-size:1rem;margin:0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.5rem 0}form{display:inline}
button{font:inherit;padding:.3rem .8rem;margin-right:.5rem;min-height:2rem}
"""


class Boite:
    """What was « sent », one file a message under ``dossier``. Safe between threads."""

    def __init__(self, dossier: Path) -> None:
        self.courriels_recus = dossier / "courriels"
        self.sms_recus = dossier / "sms"
        self._verrou = threading.Lock()
        for lieu in (self.courriels_recus, self.sms_recus):
            lieu.mkdir(parents=True, exist_ok=True)

    def deposer_courriel(self, contenu: bytes, at: datetime) -> None:
        nom = f"{at:%Y%m%dT%H%M%S%f}-{hashlib.sha256(contenu).hexdigest()[:8]}.eml"
        (self.courriels_recus / nom).write_bytes(contenu)

    def deposer_sms(self, sms: dict[str, str], at: datetime) -> tuple[str, bool]:
        """Keep one SMS; return its id and whether it is new. The same reference is kept once."""
        identifiant = hashlib.sha256(sms["reference"].encode()).hexdigest()[:20]
        fichier = self.sms_recus / f"{identifiant}.json"
        with self._verrou:
            if fichier.exists():
                return identifiant, False
            ecrire(fichier, {**sms, "id": identifiant, "recu_at": at.isoformat(), "etat": "accepte"})
        return identifiant, True

    def sms(self) -> list[dict[str, str]]:
        tous = [json.loads(fichier.read_text()) for fichier in self.sms_recus.glob("*.json")]
        return sorted(tous, key=lambda un: un["recu_at"], reverse=True)

    def marquer_sms(self, identifiant: str, etat: str) -> dict[str, str] | None:
        with self._verrou:
            fichier = next((f for f in self.sms_recus.glob("*.json") if f.stem == identifiant), None)
            if fichier is None:
                return None
            sms: dict[str, str] = {**json.loads(fichier.read_text()), "etat": etat}
            ecrire(fichier, sms)
        return sms

    def courriels(self) -> list[dict[str, str]]:
        fichiers = sorted(self.courriels_recus.glob("*.eml"), reverse=True)[:AFFICHES]
        return [resumer(fichier) for fichier in fichiers]

    def courriel(self, nom: str) -> bytes | None:
        fichier = next((f for f in self.courriels_recus.glob("*.eml") if f.name == nom), None)
        return fichier.read_bytes() if fichier else None


def ecrire(fichier: Path, contenu: dict[str, str]) -> None:
    """Write in one move, so that a reader or a kill never meets half a file."""
    brouillon = fichier.with_suffix(".brouillon")
    brouillon.write_text(json.dumps(contenu, ensure_ascii=False))
    brouillon.replace(fichier)


def resumer(fichier: Path) -> dict[str, str]:
    message = email.message_from_bytes(fichier.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    corps = message.get_body(("plain", "html"))
    return {
        "id": fichier.name,
        "de": str(message["from"] or ""),
        "a": str(message["to"] or ""),
        "objet": str(message["subject"] or "(sans objet)"),
        "recu_at": datetime.strptime(fichier.name[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC).isoformat(),
        "texte": str(corps.get_content()) if corps else "",
    }


class Puits:
    """aiosmtpd handler that keeps every message."""

    def __init__(self, boite: Boite) -> None:
        self.boite = boite

    async def handle_DATA(self, _serveur: SMTP, _session: Session, enveloppe: Envelope) -> str:  # noqa: N802
        self.boite.deposer_courriel(bytes(enveloppe.original_content or b""), datetime.now(UTC))
        return "250 2.0.0 OK"


ECRIRE = (
    '<h2 id="ecrire">Écrire à la mairie</h2><form method="post" action="/sms/ecrire" class="ecrire">'
    '<label>Ville <input name="ville" value="aurelle" required></label> '
    '<label>De <input name="de" value="06 39 98 12 34" inputmode="tel" required></label> '
    '<label>SMS <input name="texte" size="40" maxlength="1000" required></label> <button>Envoyer</button></form>'
)
VILLE = re.compile(r"[a-z0-9-]{1,50}")
ETATS = {"accepte": "accepté par l’opérateur", "remis": "livré", "echec": "en échec"}


def page(boite: Boite) -> str:
    """Draw what left Guichet, newest first; everything that came from outside is escaped."""
    sms = "".join(_article_sms(un) for un in boite.sms()[:AFFICHES])
    courriels = "".join(_article_courriel(un) for un in boite.courriels())
    vide = "<p>Rien n’est encore parti. Enregistrez une demande avec une adresse ou un téléphone.</p>"
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Messages partis — démonstration</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css"></head>'
        "<body><main><h1>Messages partis</h1>"
        "<p>Cette page remplace le téléphone et la boîte aux lettres des usagers : "
        "la démonstration n’envoie rien à personne.</p>"
        f"{ECRIRE}<h2>SMS</h2>{sms or vide}<h2>Courriels</h2>{courriels or vide}</main></body></html>"
    )


def _article_sms(sms: dict[str, str]) -> str:
    sur = {nom: html.escape(valeur) for nom, valeur in sms.items()}
    boutons = "".join(
        f'<button name="etat" value="{etat}">{mot}</button>' for etat, mot in (("remis", "Livré"), ("echec", "Échec"))
    )
    return (
        f"<article><h3>{sur['numero']} — de {sur['expediteur']}</h3><pre>{sur['texte']}</pre>"
        f"<p>{_instant(sms['recu_at'])}, {ETATS[sms['etat']]}. Dire à Guichet :</p>"
        f'<form method="post" action="/sms/{sur["id"]}/accuse">{boutons}</form></article>'
    )


def _article_courriel(courriel: dict[str, str]) -> str:
    sur = {nom: html.escape(valeur) for nom, valeur in courriel.items()}
    return (
        f"<article><h3>{sur['objet']}</h3><p>De {sur['de']} à {sur['a']}, {_instant(courriel['recu_at'])}. "
        f'<a href="/courriels/{quote(courriel["id"])}">Message brut</a></p><pre>{sur["texte"]}</pre></article>'
    )


def _instant(iso: str) -> str:
    at = datetime.fromisoformat(iso).astimezone()
    return f'<time datetime="{iso}">le {at:%d/%m/%Y} à {at.hour}\u00a0h\u00a0{at:%M}</time>'


def signer(corps: bytes) -> str:
    """Sign a receipt as Guichet checks it, with the secret key of this installation."""
    secret = os.environ.get("SECRET_KEY") or _lire_secret(Path(os.environ.get("DONNEES", ".guichet")) / "secret")
    clef = hmac.new(secret.encode(), b"guichet:accuse-sms", hashlib.sha256).digest()
    return hmac.new(clef, corps, hashlib.sha256).hexdigest()


def _lire_secret(fichier: Path) -> str:
    """Return the key that the development settings wrote on their first start."""
    return fichier.read_text().strip() if fichier.exists() else ""


class RequeteRefusee(Exception):
    """What was posted can't be used; the message says why, in French."""


def lire_sms(corps: bytes) -> dict[str, str]:
    """Check the body of ``POST /sms``. Raises RequeteRefusee."""
    try:
        recu = json.loads(corps)
        sms = {nom: recu[nom] for nom in ("reference", "numero", "texte", "expediteur")}
    except (ValueError, KeyError, TypeError) as erreur:
        raise RequeteRefusee("Il faut un objet JSON avec reference, numero, texte et expediteur.") from erreur
    if not all(isinstance(valeur, str) and valeur for valeur in sms.values()):
        raise RequeteRefusee("reference, numero, texte et expediteur sont des textes non vides.")
    return sms


class Guichetier(BaseHTTPRequestHandler):
    """The page and the provider."""

    server: "Serveur"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        chemin, boite = urlsplit(self.path).path, self.server.boite
        if not self._vient_d_ici():
            self._repondre(403, "text/plain", "Adresse refusée.")
        elif chemin == "/":
            self._repondre(200, "text/html", page(boite))
        elif chemin == "/style.css":
            self._repondre(200, "text/css", STYLE)
        elif chemin in {"/sms", "/courriels"}:
            liste = boite.sms() if chemin == "/sms" else boite.courriels()
            self._repondre(200, "application/json", json.dumps(liste, ensure_ascii=False))
        elif (brut := boite.courriel(unquote(chemin.removeprefix("/courriels/")))) is not None:
            self._repondre(200, "text/plain", brut.decode(errors="replace"))
        else:
            self._repondre(404, "text/plain", "Rien à cette adresse.")

    def do_POST(self) -> None:
        corps = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), TAILLE_MAXIMALE))
        morceaux = urlsplit(self.path).path.strip("/").split("/")
        try:
            if not self._vient_d_ici():
                self._repondre(403, "text/plain", "Adresse refusée.")
            elif morceaux == ["sms", "ecrire"]:
                self._ecrire_a_la_mairie(parse_qs(corps.decode()))
            elif morceaux == ["sms"]:
                identifiant, neuf = self.server.boite.deposer_sms(lire_sms(corps), datetime.now(UTC))
                self._repondre(201 if neuf else 200, "application/json", json.dumps({"id": identifiant}))
            elif morceaux[::2] == ["sms", "accuse"]:
                self._accuser(morceaux[1], parse_qs(corps.decode()).get("etat", [""])[0])
            else:
                self._repondre(404, "text/plain", "Rien à cette adresse.")
        except RequeteRefusee as refus:
            self._repondre(422, "application/json", json.dumps({"erreur": str(refus)}, ensure_ascii=False))

    def _accuser(self, identifiant: str, etat: str) -> None:
        """Tell Guichet what became of an SMS, then mark it here."""
        if etat not in {"remis", "echec"}:
            raise RequeteRefusee("L’état est « remis » ou « echec ».")
        sms = next((un for un in self.server.boite.sms() if un["id"] == identifiant), None)
        if sms is None:
            raise RequeteRefusee("Ce SMS n’existe pas.")
        raison = "" if etat == "remis" else "numéro hors service"
        if self._poster("sms/accuse/", {"reference": sms["reference"], "etat": etat, "raison": raison}):
            self.server.boite.marquer_sms(identifiant, etat)
            self._repondre(303, "text/plain", "", location="/")

    def _ecrire_a_la_mairie(self, champs: dict[str, list[str]]) -> None:
        """Hand an SMS over to Guichet, as the operator of the town would."""
        ville, de, texte = (champs.get(nom, [""])[0].strip() for nom in ("ville", "de", "texte"))
        if not (VILLE.fullmatch(ville) and de and texte):
            raise RequeteRefusee("Il faut une ville, un numéro et un texte.")
        if self._poster(f"{ville}/sms/", {"id": str(uuid.uuid4()), "de": de, "texte": texte}):
            self._repondre(303, "text/plain", "", location="/")

    def _poster(self, chemin: str, contenu: dict[str, str]) -> bool:
        """Post to Guichet, signed; answer 502 and return False when it does not take it."""
        corps = json.dumps(contenu, ensure_ascii=False).encode()
        entetes = {"Content-Type": "application/json", "X-Guichet-Signature": signer(corps)}
        requete = urllib.request.Request(f"{self.server.guichet}/entrees/{chemin}", corps, entetes)
        try:
            urllib.request.urlopen(requete, timeout=10).close()
        except OSError as erreur:
            self._repondre(502, "text/plain", f"Guichet n’a pas pris le message : {erreur}")
            return False
        return True

    def _vient_d_ici(self) -> bool:
        """Refuse other sites' forms and names that resolve to this machine."""
        hote = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        origine = self.headers.get("Origin")
        return hote in HOTES and (origine is None or urlsplit(origine).netloc == self.headers.get("Host"))

    def _repondre(self, code: int, nature: str, corps: str, location: str | None = None) -> None:
        octets = corps.encode()
        self.send_response(code)
        self.send_header("Content-Type", f"{nature}; charset=utf-8")
        self.send_header("Content-Length", str(len(octets)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing: numbers and addresses must not reach a log."""


class Serveur(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, adresse: tuple[str, int], boite: Boite, guichet: str) -> None:
        super().__init__(adresse, Guichetier)
        self.boite = boite
        self.guichet = guichet.rstrip("/")


def main() -> int:
    boite = Boite(Path(os.environ.get("DONNEES", ".guichet")) / "passerelles")
    courriel = urlsplit(os.environ.get("SMTP_URL", "smtp://127.0.0.1:1025"))
    passerelle = urlsplit(os.environ.get("PASSERELLE_URL", "http://127.0.0.1:8025"))
    guichet = os.environ.get("URL_PUBLIQUE") or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    puits = Controller(Puits(boite), "127.0.0.1", courriel.port or 1025, data_size_limit=TAILLE_MAXIMALE)
    serveur = Serveur(("127.0.0.1", passerelle.port or 8025), boite, guichet)
    puits.start()
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=serveur.shutdown).start())
    serveur.serve_forever()
    puits.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
