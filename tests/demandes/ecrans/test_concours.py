"""The tab « Compléments et avis » and the page « Satisfaction » through HTTP."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.models import Avis, Demande, DemandeComplement, PieceJointe, Satisfaction, Transfert, VersionFormulaire
from tests.demandes.conftest import Ouvrir, join
from tests.demandes.ecrans.conftest import count_queries, url
from tests.demandes.ecrans.test_usager_pages import PDF, SCHEMA

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def depot(settings: Any, tmp_path: Path) -> None:
    settings.DEPOT = tmp_path


@pytest.fixture
def demande(demande: Demande, at: datetime) -> Demande:
    version = VersionFormulaire.objects.create(type=demande.type, numero=1, schema=SCHEMA, published_at=at)
    Demande.objects.filter(pk=demande.pk).update(version_formulaire=version)
    return Demande.objects.for_fiche().get(pk=demande.pk)


def ask(demande: Demande, maintenant: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "clef": str(uuid4()), "version": demande.version, "motif": "incomplet", "pieces": ["domicile"],
        "delai_on": (maintenant + timedelta(days=20)).date().isoformat(), "canal": "courriel:samira@exemple.fr",
        "attendre": "on", "message": "", "libres": "",
    } | changes  # fmt: skip


def test_documents_are_asked_then_noted_at_the_counter(poste: Client, demande: Demande, maintenant: datetime) -> None:
    page = poste.get(url("concours", demande.pk)).content.decode()
    assert "Justificatif de domicile (code électoral, art. L11)" in page
    done = poste.post(url("complement_demander", demande.pk), ask(demande, maintenant))
    assert done.status_code == 302
    complement = DemandeComplement.objects.get()
    assert complement.is_indispensable
    now = Demande.objects.get(pk=demande.pk)
    noted = {
        "clef": str(uuid4()), "version": now.version, "canal": "guichet", "texte": "Original vu.", "complet": "on",
        "received_at": maintenant.strftime("%Y-%m-%dT%H:%M"), "piece-domicile": SimpleUploadedFile("edf.pdf", PDF),
    }  # fmt: skip
    assert poste.post(url("complement_noter", demande.pk, complement.pk), noted).status_code == 302
    assert PieceJointe.objects.get().exigence == "domicile"
    complement.refresh_from_db()
    assert complement.answered_at is not None
    assert "reçus" in poste.get(url("concours", demande.pk)).content.decode()


def test_refused_the_form_comes_back_open_and_filled(poste: Client, demande: Demande, maintenant: datetime) -> None:
    typed = ask(demande, maintenant, libres="Bulletin de salaire", message="Mot gardé")
    answer = poste.post(url("complement_demander", demande.pk), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Un superviseur peut le demander" in page
    assert "Bulletin de salaire</textarea>" in page.replace("\n", "")
    assert "Mot gardé" in page
    assert not DemandeComplement.objects.exists()


def test_somebody_was_quicker(poste: Client, demande: Demande, maintenant: datetime) -> None:
    Demande.objects.filter(pk=demande.pk).update(version=demande.version + 1)
    answer = poste.post(url("complement_demander", demande.pk), ask(demande, maintenant, message="Mot gardé"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Cette demande a changé" in page
    assert "Mot gardé" in page
    assert f'name="version" value="{demande.version + 1}"' in page  # the same form, sent again, is accepted


def test_an_opinion_is_asked_noted_or_withdrawn(poste: Client, demande: Demande, maintenant: datetime) -> None:
    typed = {
        "clef": str(uuid4()), "version": demande.version, "nom": "ABF", "courriel": "abf@exemple.fr",
        "question": "Convient-elle ?", "echeance_on": (maintenant + timedelta(days=9)).date().isoformat(),
    }  # fmt: skip
    assert poste.post(url("avis_demander", demande.pk), typed | {"courriel": "abf"}).status_code == 422
    for clef in (typed["clef"], str(uuid4())):
        version = Demande.objects.get(pk=demande.pk).version
        sent = poste.post(url("avis_demander", demande.pk), typed | {"clef": clef, "version": version})
        assert sent.status_code == 302
    first, second = Avis.objects.order_by("pk")
    assert poste.get(url("concours", demande.pk)).status_code == 200
    version = Demande.objects.get(pk=demande.pk).version
    note = {"clef": str(uuid4()), "version": version, "favorable": "oui", "texte": "Oui, au téléphone."}
    assert poste.post(url("avis_noter", demande.pk, first.pk), note).status_code == 302
    assert poste.post(url("avis_retirer", demande.pk, second.pk), {}).status_code == 302
    assert poste.post(url("avis_retirer", demande.pk, second.pk), {}).status_code == 409
    page = poste.get(url("concours", demande.pk)).content.decode()
    assert "favorable" in page
    assert "plus demandé" in page


def test_transferred_from_the_tab(poste: Client, demande: Demande) -> None:
    agglo = Collectivite.objects.create(slug="agglo", nom="Aurelle Agglo", telephone="0199003000")
    typed = {
        "clef": str(uuid4()), "version": demande.version, "destination": str(agglo.pk), "organisme": "",
        "coordonnees": "", "motif": "", "canal": "courriel:samira@exemple.fr",
    }  # fmt: skip
    refused = poste.post(url("transferer", demande.pk), typed)
    assert refused.status_code == 422
    assert "Dites pourquoi cette administration est compétente." in refused.content.decode()
    assert poste.post(url("transferer", demande.pk), typed | {"motif": "Les bacs."}).status_code == 302
    assert Transfert.objects.get().destination_id == agglo.pk
    page = poste.get(url("concours", demande.pk)).content.decode()
    assert "En cours de remise" in page
    assert "Demander un avis" not in page


def test_nothing_of_another_demande_or_of_a_sealed_one(
    poste: Client, demande: Demande, ouvrir: Ouvrir, type_social: Any, maintenant: datetime
) -> None:
    poste.post(url("complement_demander", demande.pk), ask(demande, maintenant))
    found, other, sealed = DemandeComplement.objects.get(), ouvrir(), ouvrir(type=type_social)
    assert poste.post(url("complement_annuler", other.pk, found.pk), {}).status_code == 404
    for page in ("complement_demander", "avis_demander", "transferer"):
        assert poste.post(url(page, sealed.pk), {}).status_code == 404, page
    assert poste.get(url("concours", sealed.pk)).status_code == 404


def test_the_tab_asks_the_database_a_fixed_number_of_questions(
    poste: Client, demande: Demande, maintenant: datetime
) -> None:
    poste.post(url("complement_demander", demande.pk), ask(demande, maintenant))
    from django.db import connection  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        poste.get(url("concours", demande.pk))
    assert count_queries(captured) <= 32


def test_satisfaction_is_for_supervisors_and_hides_small_numbers(
    client_de: Callable[[Agent], Client], agent: Agent, ville: Collectivite, service: Service, demande: Demande,
    at: datetime,
) -> None:  # fmt: skip
    assert client_de(agent).get(url("satisfaction")).status_code == 403
    ines = join(ville, "ines@aurelle.example", "Inès Carpentier", service, roles=(Role.SUPERVISEUR,))
    client = client_de(ines)
    assert "Aucun commentaire" in client.get(url("satisfaction")).content.decode()
    for rank in range(11):
        Satisfaction.objects.create(demande=demande, jeton=str(rank), canal="sms", closed_at=at - timedelta(rank),
                                    asked_at=at, note=8, commentaire="Merci à tous.", answered_at=at)  # fmt: skip
        page = client.get(url("satisfaction")).content.decode()
        assert ("effectif insuffisant : " in page) == (rank < 10)
    assert "8,0" in page
    assert "Merci à tous." in page
