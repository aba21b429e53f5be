"""What goes on with a sealed demande closed long ago stays behind its seal, whatever the way it comes."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from citoyens.models import Interaction
from collectivites.acteur import Acteur
from demandes.actions import close
from demandes.concours.avis import build_reference
from demandes.concours.satisfaction import Opinion, answer
from demandes.models import Avis, Demande, Entree, Satisfaction, TypeDemande
from demandes.reception.aiguillage import open_from, sort_courriel
from demandes.reception.ecrits import Ecrit
from demandes.reception.suite import open_ecrit
from socle.courriel import lire
from tests.demandes.conftest import Ouvrir

pytestmark = pytest.mark.django_db
SUITE = b"From: Samira <samira@exemple.fr>\r\nSubject: Toujours rien\r\n\r\nJe ne mange plus.\r\n"


@pytest.fixture(params=["its type", "a sealed service it has left"])
def ancienne(
    request: pytest.FixtureRequest, ouvrir: Ouvrir, type_social: TypeDemande, by: Acteur, at: datetime
) -> Demande:
    """A social matter closed four months later than anybody may reopen it; what seals it differs."""
    demande = ouvrir(type=type_social) if request.param == "its type" else ouvrir()
    Demande.objects.filter(pk=demande.pk).update(domaine="social")
    Interaction.objects.filter(objet_id=demande.pk).update(domaine="social")
    demande.refresh_from_db()
    return close(demande=demande, version=demande.version, issue="satisfaite", by=by, at=at)


def received(canal: str, at: datetime) -> Entree:
    return Entree.objects.create(canal=canal, externe_id="p1", empreinte="0" * 64, brut="", octets=1, received_at=at)


def assert_sealed(fresh: Demande) -> None:
    fresh.refresh_from_db()
    assert fresh.domaine == "social"
    assert set(Interaction.objects.filter(objet_id=fresh.pk).values_list("domaine", flat=True)) <= {"social"}


def test_a_post_of_the_same_thread(ancienne: Demande, at: datetime) -> None:
    ecrit = Ecrit(canal="reseau", auteur="leila", adresse="leila", texte="Je ne mange plus.", externe="1:fil")
    assert_sealed(open_ecrit(received("reseau", at), ecrit, at=at, citee=ancienne))


def test_a_mail_of_the_same_thread(ancienne: Demande, at: datetime) -> None:
    assert_sealed(open_from(received("courriel", at), lire(SUITE), [], at=at, citee=ancienne))


def test_still_not_settled(ancienne: Demande, at: datetime, settings: object, tmp_path: Path) -> None:
    settings.DEPOT = tmp_path  # type: ignore[attr-defined]
    row = Satisfaction.objects.create(
        demande=ancienne, jeton="0" * 64, closed_at=ancienne.closed_at, asked_at=at, canal="courriel"
    )
    fresh = answer(
        satisfaction=row,
        opinion=Opinion(1, is_regle=False, commentaire="Je ne mange plus."),
        at=at + timedelta(days=400),
    )
    assert fresh.pk != ancienne.pk
    assert_sealed(fresh)


@pytest.mark.parametrize("withdrawn", [True, False])
def test_a_stray_answer_of_a_third_party(
    withdrawn: bool, ouvrir: Ouvrir, type_social: TypeDemande, by: Acteur, at: datetime
) -> None:
    """From another address than the one asked, it may not join the opinion; the quarantaine is read by many."""
    avis = Avis.objects.create(
        demande=ouvrir(type=type_social), jeton="0" * 64, clef=uuid4(), nom="Dr Petit", courriel="petit@exemple.fr",
        question="Peut-elle rester seule ?", echeance_on=at.date() + timedelta(days=9), agent_id=by.agent_id,
        asked_at=at, revoked_at=at if withdrawn else None,
    )  # fmt: skip
    sender = "petit@exemple.fr" if withdrawn else "docteur@ailleurs.example"
    brut = f"From: {sender}\r\nSubject: Re: {build_reference(avis)}\r\n\r\nNon, elle tombe.\r\n".encode()
    verdict = sort_courriel(received("courriel", at), lire(brut), [], at=at)
    assert verdict.etat == Entree.Etat.TRAITEE
    assert_sealed(Demande.objects.get(pk=verdict.demande_id))
