"""The demo gateways keep what would have left, once, and show it without running it."""

import json
import os
import smtplib
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from outils.serveurs import port_libre

RACINE = Path(__file__).resolve().parents[2]
SMS = {
    "reference": "7b1e",
    "numero": "+33639981234",
    "texte": "Votre demande <b>est prête</b>",
    "expediteur": "AURELLE",
}


class FauxGuichet(HTTPServer):
    """Receives the receipts in Guichet's place."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Recepteur)
        self.accuses: list[dict[str, str]] = []


class Recepteur(BaseHTTPRequestHandler):
    server: FauxGuichet

    def do_POST(self) -> None:
        assert self.path in {"/entrees/sms/accuse/", "/entrees/aurelle/sms/"}
        self.server.accuses.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def guichet() -> Iterator[FauxGuichet]:
    with FauxGuichet() as serveur:
        fil = threading.Thread(target=serveur.serve_forever)
        fil.start()
        yield serveur
        serveur.shutdown()
        fil.join()


@pytest.fixture(scope="module")
def passerelles(guichet: FauxGuichet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    page, courriel = port_libre(), port_libre()
    environnement = os.environ | {
        "DONNEES": str(tmp_path_factory.mktemp("etat")),
        "SMTP_URL": f"smtp://127.0.0.1:{courriel}",
        "PASSERELLE_URL": f"http://127.0.0.1:{page}",
        "URL_PUBLIQUE": f"http://127.0.0.1:{guichet.server_port}",
    }
    with subprocess.Popen([sys.executable, "outils/passerelles.py"], cwd=RACINE, env=environnement) as processus:
        for _essai in range(100):
            try:
                _lire(f"http://127.0.0.1:{page}/")
                smtplib.SMTP("127.0.0.1", courriel).quit()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{page}", courriel
        processus.terminate()
        assert processus.wait(5) == 0


def _lire(adresse: str, corps: bytes | None = None, **entetes: str) -> tuple[int, str]:
    requete = urllib.request.Request(adresse, corps, entetes)
    try:
        with urllib.request.urlopen(requete, timeout=5) as reponse:
            return reponse.status, reponse.read().decode()
    except urllib.error.HTTPError as erreur:
        with erreur:
            return erreur.code, erreur.read().decode()


def test_the_same_reference_is_kept_once(passerelles: tuple[str, int]) -> None:
    adresse, _ = passerelles
    sms = SMS | {"reference": "deux-fois"}
    premier = _lire(f"{adresse}/sms", json.dumps(sms).encode())
    second = _lire(f"{adresse}/sms", json.dumps(sms).encode())
    assert premier[0] == 201
    assert second[0] == 200
    assert premier[1] == second[1]
    recus = json.loads(_lire(f"{adresse}/sms")[1])
    assert [un["texte"] for un in recus if un["reference"] == "deux-fois"] == [SMS["texte"]]


def test_an_sms_without_a_number_is_refused_in_french(passerelles: tuple[str, int]) -> None:
    code, corps = _lire(f"{passerelles[0]}/sms", json.dumps(SMS | {"numero": ""}).encode())
    assert code == 422
    assert "textes non vides" in corps


def test_the_page_shows_mails_and_sms_without_running_them(passerelles: tuple[str, int]) -> None:
    adresse, port = passerelles
    _lire(f"{adresse}/sms", json.dumps(SMS).encode())
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "mairie@aurelle.example",
        "lea@example.org",
        "Accusé de réception",
    )
    message.set_content("Bonjour, votre demande AUR-2026-12 <script>alert(1)</script>")
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(message)
    _code, page = _lire(f"{adresse}/")
    assert "Accusé de réception" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "&lt;b&gt;est prête" in page


@pytest.mark.parametrize(("etat", "raison"), [("remis", ""), ("echec", "numéro hors service")])
def test_the_receipt_chosen_by_hand_reaches_guichet(
    passerelles: tuple[str, int], guichet: FauxGuichet, etat: str, raison: str
) -> None:
    adresse, _ = passerelles
    sms = SMS | {"reference": f"accuse-{etat}"}
    identifiant = json.loads(_lire(f"{adresse}/sms", json.dumps(sms).encode())[1])["id"]
    code, _corps = _lire(f"{adresse}/sms/{identifiant}/accuse", f"etat={etat}".encode(), Origin=adresse)
    assert code == 200, "redirected to the page"
    assert {"reference": sms["reference"], "etat": etat, "raison": raison} in guichet.accuses


def test_another_site_can_not_post_to_the_gateway(passerelles: tuple[str, int]) -> None:
    adresse, _ = passerelles
    code, _corps = _lire(f"{adresse}/sms", json.dumps(SMS).encode(), Origin="http://ailleurs.example")
    assert code == 403
    code, _corps = _lire(f"{adresse}/", Host="ailleurs.example")
    assert code == 403


def test_an_sms_written_to_the_town_hall_reaches_guichet(passerelles: tuple[str, int], guichet: FauxGuichet) -> None:
    adresse, _ = passerelles
    champs = urlencode({"ville": "aurelle", "de": "06 39 98 12 34", "texte": "Bonjour"}).encode()
    code, _corps = _lire(f"{adresse}/sms/ecrire", champs, Origin=adresse)
    assert code == 200, "redirected to the page"
    assert {"de": "06 39 98 12 34", "texte": "Bonjour"}.items() <= guichet.accuses[-1].items()
    code, _corps = _lire(f"{adresse}/sms/ecrire", b"ville=../x&de=1&texte=a", Origin=adresse)
    assert code == 422
