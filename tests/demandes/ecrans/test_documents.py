"""Files of a demande through HTTP: saved never shown, checked, logged."""

from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client

from demandes.models import Demande, Entree, Message, PieceJointe
from journal.models import Consultation
from socle.depot import store_bytes
from tests.demandes.conftest import Ouvrir
from tests.demandes.ecrans.conftest import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def recue(demande: Demande, settings, tmp_path: Path, at: datetime) -> Message:
    """A message that came by mail, with a file, kept in a private store."""
    settings.DEPOT = tmp_path
    raw = store_bytes(b"From: samira@exemple.fr\r\n\r\nBonjour", collectivite_id=demande.collectivite_id, at=at)
    entree = Entree.objects.create(canal="courriel", externe_id="x", empreinte=raw.empreinte, brut=raw.chemin,
                                   octets=raw.octets, received_at=at)  # fmt: skip
    message = Message.objects.create(demande=demande, sens="entrant", canal="courriel", texte="Bonjour", entree=entree,
                                     html="<p>Bonjour</p>", expediteur_libelle="Samira", at=at)  # fmt: skip
    file = store_bytes(b"<script>alert(1)</script>", collectivite_id=demande.collectivite_id, at=at)
    PieceJointe.objects.create(message=message, nom="é\"vil\r\n.html", type_mime="text/html", octets=file.octets,
                               empreinte=file.empreinte, fichier=file.chemin)  # fmt: skip
    return message


def test_a_file_is_saved_never_shown(poste: Client, demande: Demande, recue: Message) -> None:
    answer = poste.get(url("piece", demande.pk, PieceJointe.objects.get().pk))
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/octet-stream")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Consultation.objects.get().vue == "piece"


def test_the_message_as_received(poste: Client, demande: Demande, recue: Message) -> None:
    answer = poste.get(url("brut", demande.pk, recue.pk))
    assert b"".join(answer.streaming_content).startswith(b"From: samira")
    assert Consultation.objects.get().vue == "message_brut"


def test_the_layout_of_a_message_can_neither_run_nor_load(poste: Client, demande: Demande, recue: Message) -> None:
    answer = poste.get(url("mise_en_page", demande.pk, recue.pk))
    assert "<p>Bonjour</p>" in answer.content.decode()
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_file_of_another_demande_does_not_exist(
    poste: Client, ouvrir: Ouvrir, demande: Demande, recue: Message
) -> None:
    other = ouvrir()
    assert poste.get(url("piece", other.pk, PieceJointe.objects.get().pk)).status_code == 404
    assert poste.get(url("brut", other.pk, recue.pk)).status_code == 404
    assert poste.get(url("brut", demande.pk, Message.objects.filter(entree=None).first().pk)).status_code == 404
    assert not Consultation.objects.exists()


def test_a_file_gone_from_the_store_is_a_404(poste: Client, demande: Demande, recue: Message) -> None:
    PieceJointe.objects.update(fichier="1/2020/01/" + "0" * 64)
    assert poste.get(url("piece", demande.pk, PieceJointe.objects.get().pk)).status_code == 404
