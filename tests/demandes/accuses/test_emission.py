"""Which acknowledgement leaves, when, to whom; and the proof that nobody can change."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import ProgrammingError, transaction

from citoyens.actions import Contact, create_usager
from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Service
from demandes.accuses.emission import acknowledge
from demandes.actions import assign, qualify
from demandes.models import (
    AccuseReception,
    Blocage,
    CourrierDepart,
    Demande,
    Echeance,
    Message,
    Thematique,
    TypeDemande,
)
from journal.models import Evenement
from messagerie.models import Envoi, ModeleMessage
from socle.texte import normalise

Ouvrir = Callable[..., Demande]
RECOURS = "recours gracieux auprès du maire, ou devant le tribunal administratif dans les deux mois."


@pytest.fixture
def type_complet(service: Service, ville: Collectivite) -> TypeDemande:
    """Everything the receipt must say is known."""
    service.courriel, service.adresse = "eclairage@aurelle.example", "1 place de la République, 44999 Aurelle"
    service.save()
    return TypeDemande.objects.create(
        libelle="Échafaudage", thematique=Thematique.objects.named("Voirie"), domaine="cadre_de_vie", service=service,
        regime_silence="svr", silence_base="CRPA L231-4 2°", silence_lu_on=date(2026, 11, 20), recours=RECOURS,
    )  # fmt: skip


@pytest.fixture
def postale(by: Acteur, at: datetime, ville: Collectivite) -> Usager:
    """Known by post only."""
    adresse = Contact("adresse", "8 rue des Tanneurs, 44999 Aurelle")
    return create_usager(nature="personne", nom="Le Bihan", prenoms="Anne", contacts=[adresse], by=by, at=at)


def natures(demande: Demande) -> list[str]:
    return list(AccuseReception.objects.filter(demande=demande).order_by("pk").values_list("nature", flat=True))


def test_a_complete_type_is_received_at_once_with_every_mention(ouvrir: Ouvrir, type_complet: TypeDemande) -> None:
    demande = ouvrir(type=type_complet)
    accuse = AccuseReception.objects.get(demande=demande)
    assert (accuse.nature, accuse.canal, accuse.destinataire) == ("are", "courriel", "samira@exemple.fr")
    for words in (
        "jeudi 12\u00a0novembre\u00a02026 à 16\u00a0h\u00a040", "Éclairage public", "eclairage@aurelle.example",
        "01 99 00 12 34", "mardi 12\u00a0janvier\u00a02027", "sera rejetée", RECOURS, "sous réserve", demande.numero,
    ):  # fmt: skip
        assert normalise(words) in normalise(accuse.texte), words
    assert set(accuse.mentions) == {
        "reception", "service", "adresse", "telephone", "regime", "date", "completude", "recours",
    }  # fmt: skip
    envoi = Envoi.objects.get(pk=accuse.envoi_id)
    assert envoi.corps_texte == accuse.texte
    assert envoi.entetes["Auto-Submitted"] == "auto-replied"
    assert accuse.empreinte == hashlib.sha256(accuse.texte.encode()).hexdigest()
    met = dict(Echeance.objects.filter(demande=demande).values_list("nature", "met_at"))
    assert met["aee"] is not None
    assert met["are"] is not None


def test_a_free_mail_is_registered_at_once_and_received_when_it_is_qualified(
    ouvrir: Ouvrir, type_complet: TypeDemande, by: Acteur, at: datetime
) -> None:
    demande = ouvrir(type=None)
    assert natures(demande) == ["aee"]
    assert Echeance.objects.get(demande=demande, nature="are").met_at is None
    later = at + timedelta(days=4)
    qualify(demande=demande, version=demande.version, type=type_complet, service=None, priorite=0, by=by, at=later)
    assert natures(demande) == ["aee", "are"]
    are = AccuseReception.objects.get(demande=demande, nature="are")
    assert (are.received_at, are.issued_at) == (demande.received_at, later)
    assert are.destinataire == "samira@exemple.fr"
    assert Envoi.objects.filter(objet_id=demande.pk).count() == 2
    assert Message.objects.filter(demande=demande, is_automatique=True).count() == 2
    assert Echeance.objects.get(demande=demande, nature="are").met_at == later


def test_qualified_again_it_is_not_received_twice(
    ouvrir: Ouvrir, type_complet: TypeDemande, type_eclairage: TypeDemande, by: Acteur, at: datetime
) -> None:
    demande = ouvrir(type=type_complet)
    for type_ in (type_eclairage, type_complet):
        demande = qualify(demande=demande, version=demande.version, type=type_, service=None, priorite=0, by=by, at=at)
    acknowledge(demande=demande, at=at)
    assert natures(demande) == ["are"]


def test_a_type_that_misses_a_mention_waits_for_it(
    ouvrir: Ouvrir, type_complet: TypeDemande, service: Service, by: Acteur, at: datetime
) -> None:
    TypeDemande.objects.filter(pk=type_complet.pk).update(service=None)
    type_complet.refresh_from_db()
    demande = ouvrir(type=type_complet)
    assert natures(demande) == ["aee"]
    assign(demande=demande, version=demande.version, service=service, agent=None, by=by, at=at)
    assert natures(demande) == ["aee", "are"]


def test_the_date_is_that_of_the_town(ville: Collectivite, ouvrir: Ouvrir, at: datetime) -> None:
    Collectivite.objects.filter(pk=ville.pk).update(fuseau="Indian/Reunion")
    received = datetime(2026, 11, 11, 20, 30, tzinfo=ZoneInfo("UTC"))
    demande = ouvrir(type=None, received_at=received)
    assert "jeudi 12\u00a0novembre\u00a02026 à 0\u00a0h\u00a030" in AccuseReception.objects.get(demande=demande).texte


def test_a_letter_is_received_by_letter_once_qualified(
    ouvrir: Ouvrir, postale: Usager, type_complet: TypeDemande, by: Acteur, at: datetime
) -> None:
    demande = ouvrir(type=None, canal="courrier", mode_reponse="courrier", usager=postale, adresse="")
    assert natures(demande) == []
    qualify(demande=demande, version=demande.version, type=type_complet, service=None, priorite=0, by=by, at=at)
    accuse = AccuseReception.objects.get(demande=demande)
    assert (accuse.nature, accuse.canal) == ("papier", "courrier")
    assert "R112-5" in accuse.texte
    lettre = CourrierDepart.objects.get(demande=demande)
    assert (lettre.message_id, lettre.destinataire) == (accuse.message_id, "Anne Le Bihan")
    assert lettre.chrono == "CD-2026-0001"
    assert "[" not in lettre.objet


def test_the_mere_delivery_of_a_document_asked_by_letter_needs_no_receipt(
    ouvrir: Ouvrir, postale: Usager, type_complet: TypeDemande
) -> None:
    TypeDemande.objects.filter(pk=type_complet.pk).update(regime_silence="aucun")
    type_complet.refresh_from_db()
    paper = ouvrir(type=type_complet, canal="courrier", mode_reponse="courrier", usager=postale, adresse="")
    assert natures(paper) == []
    assert natures(ouvrir(type=type_complet)) == ["are"]  # R112-4 never excuses an electronic message


def test_who_refuses_electronic_answers_gets_a_letter(
    ouvrir: Ouvrir, postale: Usager, type_complet: TypeDemande
) -> None:
    Usager.objects.filter(pk=postale.pk).update(is_electronique_refuse=True)
    postale.refresh_from_db()
    demande = ouvrir(type=type_complet, usager=postale, adresse="anne@exemple.fr")
    assert natures(demande) == ["papier"]
    assert not Envoi.objects.filter(objet_id=demande.pk).exists()


def test_an_sms_gets_the_whole_receipt_by_sms(ouvrir: Ouvrir, type_complet: TypeDemande) -> None:
    demande = ouvrir(type=type_complet, canal="sms", mode_reponse="sms", adresse="+33639981234")
    accuse = AccuseReception.objects.get(demande=demande)
    assert (accuse.nature, accuse.canal) == ("are", "sms")
    assert "12/01/2027" in accuse.texte
    assert {"reception", "service", "telephone", "regime", "date", "recours"} <= set(accuse.mentions)


def test_a_counter_demande_with_a_mobile_keeps_its_short_message(ouvrir: Ouvrir, type_complet: TypeDemande) -> None:
    demande = ouvrir(type=type_complet, canal="guichet", mode_reponse="sms", adresse="")
    assert natures(demande) == ["aee"]
    assert Envoi.objects.get(objet_id=demande.pk).segments == 1


def test_nothing_is_owed_to_a_blocked_sender_nor_to_an_abusive_demande(
    ouvrir: Ouvrir, type_complet: TypeDemande, agent: Agent, by: Acteur, at: datetime
) -> None:
    Blocage.objects.create(
        adresse="samira@exemple.fr", motif="Cent messages", expire_on=date(2026, 12, 31), agent=agent, at=at
    )
    demande = ouvrir(type=type_complet)
    assert natures(demande) == []
    assert Evenement.objects.get(objet_id=demande.pk, verbe="demande.accusee").details["abusif"] is True
    qualify(demande=demande, version=demande.version, type=type_complet, service=None, priorite=1, by=by, at=at)
    assert natures(demande) == []
    Blocage.objects.update(lifted_at=at)
    demande.refresh_from_db()
    acknowledge(demande=demande, adresse="samira@exemple.fr", at=at)
    assert natures(demande) == ["are"]


def test_a_machine_is_never_thanked_even_when_its_message_is_qualified(
    ouvrir: Ouvrir, type_complet: TypeDemande, by: Acteur, at: datetime
) -> None:
    demande = ouvrir(type=None, accuse=False)
    Message.objects.filter(demande=demande).update(is_automatique=True)
    qualify(demande=demande, version=demande.version, type=type_complet, service=None, priorite=0, by=by, at=at)
    assert natures(demande) == []


def test_the_proof_stays_when_the_town_rewrites_its_text(
    ouvrir: Ouvrir, type_complet: TypeDemande, at: datetime
) -> None:
    accuse = AccuseReception.objects.get(demande=ouvrir(type=type_complet))
    before = accuse.texte
    ModeleMessage.objects.create(
        occasion="demande.accuse_reception", canal="courriel", objet="Reçu", changed_at=at,
        corps="{{ recue_le }} {{ service }} {{ coordonnees }} {{ decision }} {{ pieces }}",
    )  # fmt: skip
    accuse.refresh_from_db()
    assert accuse.texte == before
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        AccuseReception.objects.filter(pk=accuse.pk).update(texte="autre")


def test_a_mention_the_text_does_not_carry_is_not_claimed(
    ouvrir: Ouvrir, type_complet: TypeDemande, at: datetime
) -> None:
    ModeleMessage.objects.create(
        occasion="demande.accuse_reception", canal="courriel", objet="Reçu", corps="Reçu le {{ recue_le }}.",
        changed_at=at,
    )  # fmt: skip
    assert AccuseReception.objects.get(demande=ouvrir(type=type_complet)).mentions == ["reception"]
