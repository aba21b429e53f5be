"""What goes on with a sealed demande closed long ago stays behind its seal, whatever the way it comes."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from citoyens.models import Interaction
from collectivites.acteur import Acteur
from demandes.actions import close
from demandes.concours.satisfaction import Opinion, answer
from demandes.models import Demande, Entree, Satisfaction, TypeDemande
from demandes.reception.aiguillage import open_from
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
