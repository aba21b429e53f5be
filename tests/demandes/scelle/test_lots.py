"""A batch of letters never gives away a sealed one, not even one that has left it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.lettres.impression import Choix, cancel, prepare_lot
from demandes.models import CourrierDepart, Demande, LotImpression, Message
from journal.models import Consultation
from socle.depot import store_bytes
from tests.demandes.conftest import Ouvrir, acting, join
from tests.demandes.ecrans.conftest import url

pytestmark = pytest.mark.django_db
TOUS = frozenset({"cadre_de_vie", "social"})


@pytest.fixture
def at() -> datetime:
    return timezone.now() - timedelta(days=1)


@pytest.fixture
def assistante(ville: Collectivite, ccas: Service) -> Agent:
    return join(ville, "odile@aurelle.example", "Odile Renard", ccas, roles=(Role.INSTRUCTEUR,))


@pytest.fixture
def ecrite(
    ville: Collectivite, at: datetime, settings: object, tmp_path: object
) -> Callable[[Demande], CourrierDepart]:
    settings.DEPOT = tmp_path  # type: ignore[attr-defined]
    pdf = store_bytes(b"%PDF-1.7 lettre", collectivite_id=ville.pk, at=at)

    def write(demande: Demande) -> CourrierDepart:
        message = Message.objects.filter(demande=demande).first()
        return CourrierDepart.objects.create(
            chrono=f"CD-2026-{demande.pk}", demande=demande, message=message, destinataire="Samira Ben Amar",
            objet=demande.objet, corps="Bonjour", document=pdf.chemin, empreinte=pdf.empreinte, octets=pdf.octets,
            pages=1, created_at=at,
        )  # fmt: skip

    return write


def join_them(assistante: Agent, at: datetime, *letters: CourrierDepart) -> LotImpression:
    choix = Choix(frozenset(each.pk for each in letters), TOUS)
    lot = prepare_lot(choix=choix, agent=assistante, clef=uuid4(), by=acting(assistante), at=at)
    LotImpression.objects.filter(pk=lot.pk).update(document=letters[0].document)
    return lot


@pytest.mark.parametrize("leaves", ["reprinted", "withdrawn"])
def test_a_sealed_letter_that_left_its_batch_is_still_in_its_pdf(
    leaves: str, ouvrir: Ouvrir, type_social: object, ecrite: Callable[[Demande], CourrierDepart], agent: Agent,
    assistante: Agent, at: datetime, client: Client,
) -> None:  # fmt: skip
    opened, sealed = ecrite(ouvrir(adresse="")), ecrite(ouvrir(type=type_social, adresse=""))
    lot = join_them(assistante, at, opened, sealed)
    if leaves == "reprinted":
        join_them(assistante, at, sealed)
    else:
        cancel(choix=Choix(frozenset({sealed.pk}), TOUS), by=acting(assistante), at=at)
    client.force_login(agent)
    assert client.get(url("lot_impression_pdf", lot.pk)).status_code == 404
    assert client.get(url("lot_impression", lot.pk)).status_code == 404
    assert url("lot_impression", lot.pk) not in client.get(url("departs")).content.decode()
    client.force_login(assistante)
    assert b"".join(client.get(url("lot_impression_pdf", lot.pk)).streaming_content)  # type: ignore[attr-defined]


def test_downloading_a_batch_logs_the_reading_of_each_letter(
    ouvrir: Ouvrir, ecrite: Callable[[Demande], CourrierDepart], agent: Agent, by: Acteur, at: datetime, client: Client
) -> None:
    pair = [ouvrir(adresse=""), ouvrir(adresse="")]
    lot = join_them(agent, at, *(ecrite(each) for each in pair))
    client.force_login(agent)
    assert b"".join(client.get(url("lot_impression_pdf", lot.pk)).streaming_content)  # type: ignore[attr-defined]
    read = Consultation.objects.filter(vue=Consultation.Vue.EXPORT).values_list("objet_id", "usager_id")
    assert set(read) == {(each.pk, each.usager_id) for each in pair}
