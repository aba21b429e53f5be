"""Files through HTTP: they leave, they survive a refused form, they are handed out only when they may be."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from citoyens.models import Usager
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.actions.pieces import attach_files
from demandes.fichiers import keep_received
from demandes.models import Demande, Entree, Message, PieceDeposee, PieceJointe
from journal.models import Consultation
from messagerie.models import PieceEnvoi
from socle.depot import store_bytes
from tests.demandes.conftest import join
from tests.demandes.ecrans.conftest import url
from tests.demandes.pieces.conftest import depot, pdf  # noqa: F401 a store of its own for each test
from tests.socle.fichiers.documents import EXE, PDF, flat_bomb, photo

pytestmark = pytest.mark.django_db
MO = 2**20


def answer(demande: Demande, **more: Any) -> dict[str, Any]:
    return {
        "canal": "courriel:samira@exemple.fr",
        "texte": "Voici le plan.",
        "clef": str(uuid4()),
        "version": 1,
    } | more


def test_an_answer_with_two_files(poste: Client, demande: Demande) -> None:
    files = [pdf("plan.pdf"), pdf("devis.pdf", b"2")]
    assert poste.post(url("repondre", demande.pk), answer(demande, pieces=files)).status_code == 302
    assert [each.nom for each in PieceEnvoi.objects.order_by("rang")] == ["plan.pdf", "devis.pdf"]
    page = poste.get(url("fiche", demande.pk)).content.decode()
    assert "plan.pdf" in page
    assert "non analysé" in page


def test_a_refused_answer_keeps_its_files(poste: Client, demande: Demande) -> None:
    typed = answer(demande, texte="  ", pieces=[pdf("plan.pdf"), pdf("devis.pdf", b"2")])
    refused = poste.post(url("repondre", demande.pk), typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    first, second = PieceDeposee.objects.order_by("rang")
    assert f'name="pieces_gardees" value="{first.pk}" checked' in page
    assert typed["clef"] in page
    again = typed | {"texte": "Voici.", "pieces": [], "pieces_listees": [first.pk, second.pk],
                     "pieces_gardees": [second.pk]}  # fmt: skip
    assert poste.post(url("repondre", demande.pk), again).status_code == 302
    assert [each.nom for each in PieceJointe.objects.all()] == ["devis.pdf"]  # the unticked one stayed behind


def test_a_conflict_keeps_its_files(poste: Client, demande: Demande) -> None:
    refused = poste.post(url("repondre", demande.pk), answer(demande, version=0, pieces=[pdf("plan.pdf")]))
    assert refused.status_code == 409
    assert "plan.pdf" in refused.content.decode()
    assert not PieceJointe.objects.exists()


@pytest.mark.parametrize(
    ("nom", "make", "said"),
    [
        ("enorme.pdf", lambda: PDF + b"\0" * (200 * MO), "trop lourd"),
        ("bombe.zip", flat_bomb, "contient trop de données"),
        ("facture.pdf", lambda: EXE, "est un programme"),
        ("page.pdf", lambda: b"<html><script>alert(1)</script>", "pages web"),
    ],
    ids=["200 MB", "zip bomb", "exe", "html"],
)
def test_a_bad_file_is_said_and_nothing_else_is_lost(
    poste: Client,
    demande: Demande,
    nom: str,
    make: Callable[[], bytes],
    said: str,
) -> None:
    files = [pdf("plan.pdf"), SimpleUploadedFile(nom, make())]
    refused = poste.post(url("repondre", demande.pk), answer(demande, texte="Ma longue réponse.", pieces=files))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert f"«\u00a0{nom}\u00a0»" in page
    assert said in page
    assert "Ma longue réponse." in page
    assert [each.nom for each in PieceDeposee.objects.all()] == ["plan.pdf"]
    assert not Message.objects.filter(sens="sortant", is_automatique=False).exists()


def test_the_same_form_sent_twice_sends_its_files_once(poste: Client, demande: Demande) -> None:
    clef = str(uuid4())
    for _ in range(2):
        done = poste.post(url("repondre", demande.pk), answer(demande, clef=clef, pieces=[pdf("plan.pdf")]))
        assert done.status_code == 302
    assert (PieceJointe.objects.count(), PieceEnvoi.objects.count()) == (1, 1)


def test_files_of_a_new_demande_survive_a_refusal(poste: Client, usager: Usager) -> None:
    typed = {"clef": str(uuid4()), "canal": "guichet", "usager": usager.pk, "type": "", "objet": "",
             "description": "", "received_at": "", "mode_reponse": "",
             "pieces": [pdf("plan.pdf"), SimpleUploadedFile("a.exe", EXE)]}  # fmt: skip
    refused = poste.post(url("nouvelle"), typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "«\u00a0a.exe\u00a0»" in page
    kept = PieceDeposee.objects.get()
    assert f'value="{kept.pk}" checked' in page
    opened = poste.post(url("nouvelle"), typed | {"objet": "Plan à vérifier", "pieces": [],
                                                  "pieces_listees": kept.pk, "pieces_gardees": kept.pk})  # fmt: skip
    assert opened.status_code == 302
    assert PieceJointe.objects.get().message.demande.objet == "Plan à vérifier"


# ── Handing out ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def recues(demande: Demande, at: datetime) -> dict[str, PieceJointe]:
    """What came with one mail: a PDF, a photo, a program, and a file found infected since."""
    contents = {"plan.pdf": PDF, "photo.jpg": photo("JPEG"), "outil.pdf": EXE, "virus.pdf": PDF + b"virus"}
    town = demande.collectivite_id
    raw = store_bytes(b"From: samira@exemple.fr\r\n\r\nBonjour", collectivite_id=town, at=at)
    entree = Entree.objects.create(canal="courriel", externe_id="x", empreinte=raw.empreinte, brut=raw.chemin,
                                   octets=raw.octets, received_at=at)  # fmt: skip
    message = Message.objects.create(demande=demande, sens="entrant", canal="courriel", texte="Bonjour", entree=entree,
                                     expediteur_libelle="Samira", at=at)  # fmt: skip
    files = [keep_received(content, nom=nom, collectivite_id=town, at=at) for nom, content in contents.items()]
    rows = dict(zip(contents, attach_files(message=message, gardees=files, at=at), strict=True))
    PieceJointe.objects.filter(pk=rows["virus.pdf"].pk).update(
        analyse="infectee", raison="Eicar-Test-Signature", analysed_at=at
    )
    return rows


def test_the_conversation_says_what_is_known_of_each_file(
    poste: Client,
    demande: Demande,
    recues: dict[str, PieceJointe],
) -> None:
    page = poste.get(url("fiche", demande.pk)).content.decode()
    assert url("piece", demande.pk, recues["plan.pdf"].pk) in page
    assert url("apercu", demande.pk, recues["photo.jpg"].pk) in page
    for nom, mot in (("outil.pdf", "bloqué"), ("virus.pdf", "infecté")):
        assert mot in page
        assert url("piece", demande.pk, recues[nom].pk) not in page


@pytest.mark.parametrize(("nom", "said"), [("outil.pdf", "est un programme"), ("virus.pdf", "Eicar-Test-Signature")])
def test_what_was_put_aside_is_not_handed_out(
    poste: Client,
    demande: Demande,
    recues: dict[str, PieceJointe],
    nom: str,
    said: str,
) -> None:
    refused = poste.get(url("piece", demande.pk, recues[nom].pk))
    assert refused.status_code == 409
    assert said in refused.content.decode()
    assert poste.get(url("apercu", demande.pk, recues[nom].pk)).status_code == 404


def test_a_preview_is_a_picture_of_ours(
    poste: Client,
    demande: Demande,
    recues: dict[str, PieceJointe],
) -> None:
    shown = poste.get(url("apercu", demande.pk, recues["photo.jpg"].pk))
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert shown.content.startswith(b"\xff\xd8\xff")
    assert Consultation.objects.get().vue == "piece"
    assert poste.get(url("apercu", demande.pk, recues["plan.pdf"].pk)).status_code == 404


def test_the_source_of_an_infected_message_is_for_supervisors(
    poste: Client,
    ville: Collectivite,
    service: Service,
    demande: Demande,
    recues: dict[str, PieceJointe],
) -> None:
    address = url("brut", demande.pk, recues["virus.pdf"].message_id)
    assert poste.get(address).status_code == 409
    chef: Agent = join(ville, "ines@aurelle.example", "Inès Carpentier", service, roles=(Role.SUPERVISEUR,))
    poste.force_login(chef)
    assert b"".join(poste.get(address).streaming_content).startswith(b"From: samira")
