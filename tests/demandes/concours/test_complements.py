"""Missing documents: what may be asked, what it does to the clocks, what comes back, once."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from collectivites.acteur import Acteur, acting_usager
from collectivites.models import Agent
from demandes.actions import receive_message
from demandes.concours import jetons
from demandes.concours.complements import (
    DejaDemande,
    PlusAttendu,
    Question,
    Reponse,
    ask_complements,
    cancel_complements,
    find_by_jeton,
    follow_complement,
    note_complements,
    receive_complements,
    tell_consequence,
)
from demandes.concours.exigences import PieceHorsListe, RienDemande
from demandes.cycle import Etat
from demandes.models import Demande, DemandeComplement, Entree, Message, Notification, PieceJointe, Suspension
from demandes.versions import ConflitVersion
from messagerie.models import Envoi
from tests.demandes.concours.conftest import ask, depose
from tests.demandes.conftest import Ouvrir

pytestmark = pytest.mark.django_db
DATE = {"date_debut": "2026-12-01"}


def fresh(demande: Demande) -> Demande:
    return Demande.objects.for_fiche().get(pk=demande.pk)


def test_the_usager_is_told_what_why_and_until_when(demande: Demande, demandee: DemandeComplement) -> None:
    envoi = Envoi.objects.get(clef=f"complement:{demandee.pk}")
    assert "- Justificatif de domicile (code électoral, art. L11)" in envoi.corps_texte
    assert "au plus tard le samedi 12 décembre 2026" in " ".join(envoi.corps_texte.split())
    assert "L114-5" in envoi.corps_texte
    jeton = jetons.derive("complement", demandee.clef)
    assert f"https://guichet.exemple/usager/aurelle/complements/{jeton}/" in envoi.corps_texte
    assert jeton not in {demandee.jeton, str(demandee.clef)}
    assert find_by_jeton(jeton) == demandee
    assert find_by_jeton("autre") is None


def test_the_clocks_stop_from_the_request_to_the_last_document(
    demande: Demande, demandee: DemandeComplement, at: datetime
) -> None:
    assert fresh(demande).etat == Etat.EN_ATTENTE_USAGER
    held = Suspension.objects.get(demande=demande, fin_at=None)
    assert (held.is_legale, held.debut_at, held.delai_on) == (True, at, demandee.delai_on)
    first, last = at + timedelta(days=2), at + timedelta(days=5)
    receive_complements(complement=demandee, reponse=Reponse(DATE, texte="Le reste suit."), at=first)
    assert Suspension.objects.filter(demande=demande, fin_at=None).exists()  # the proof of domicile is missing
    assert fresh(demande).etat == Etat.EN_ATTENTE_USAGER
    piece = depose(demandee.clef, "domicile", collectivite_id=demande.collectivite_id, at=last)
    done = receive_complements(complement=demandee, reponse=Reponse(pieces=[piece]), at=last)
    assert (done.answered_at, done.etape_at) == (last, None)
    assert Suspension.objects.get(demande=demande).fin_at == last
    after = fresh(demande)
    assert (after.etat, after.reponses["date_debut"]) == (Etat.EN_COURS, "2026-12-01")
    assert PieceJointe.objects.get(message__demande=demande).exigence == "domicile"
    assert Entree.objects.filter(externe_id__startswith=f"complement:{demandee.pk}:").count() == 2


def test_the_same_form_sent_twice_has_one_effect(demande: Demande, demandee: DemandeComplement, at: datetime) -> None:
    reponse = Reponse(DATE, texte="Voici.")
    for _ in range(2):
        receive_complements(complement=demandee, reponse=reponse, at=at + timedelta(hours=1))
    assert Message.objects.filter(demande=demande, canal="formulaire").count() == 1
    assert Message.objects.get(demande=demande, canal="formulaire").texte == "Date de début\u00a0: 01/12/2026\nVoici."


def test_the_agent_is_told_once_a_reception(ouvrir: Ouvrir, agent: Agent, by: Acteur, at: datetime) -> None:
    complement = ask(ouvrir(), by, at, champs=["date_debut"], pieces=[])
    receive_complements(complement=complement, reponse=Reponse(DATE), at=at + timedelta(hours=1))
    told = Notification.objects.get(agent=agent, genre="reponse")
    assert told.texte == "Les compléments demandés sont arrivés."


def test_what_is_not_indispensable_stops_nothing(demande: Demande, by: Acteur, at: datetime) -> None:
    complement = ask(demande, by, at, champs=[], pieces=["photo"])  # CRPA L114-5-1, CR-08
    assert complement.is_indispensable is False
    assert fresh(demande).etat == Etat.EN_COURS
    assert not Suspension.objects.filter(demande=demande).exists()
    assert tell_consequence(complement, demande) == "Nous continuons à traiter votre demande en attendant."


def test_a_document_outside_the_list_takes_a_supervisors_reason(demande: Demande, by: Acteur, at: datetime) -> None:
    with pytest.raises(PieceHorsListe, match="Un superviseur peut le demander"):  # CR-07
        ask(demande, by, at, libres=["Bulletin de salaire"], derogation="Parce que.")
    with pytest.raises(PieceHorsListe, match="Dites pourquoi"):
        ask(demande, by, at, libres=["Bulletin de salaire"], is_superviseur=True)
    done = ask(demande, by, at, libres=["Bulletin de salaire"], is_superviseur=True, derogation="Barème municipal")
    assert (done.derogation, [each["libelle"] for each in done.pieces]) == (
        "Barème municipal", ["Justificatif de domicile", "Bulletin de salaire"],
    )  # fmt: skip


def test_a_code_that_is_not_of_the_form_asks_nothing(demande: Demande, by: Acteur, at: datetime) -> None:
    with pytest.raises(RienDemande):
        ask(demande, by, at, champs=["salaire"], pieces=["bulletin"])


def test_one_request_at_a_time_and_one_for_a_form_sent_twice(
    demande: Demande, demandee: DemandeComplement, by: Acteur, at: datetime
) -> None:
    with pytest.raises(DejaDemande):
        ask(fresh(demande), by, at)
    question = Question("incomplet", demandee.delai_on, "courriel:samira@exemple.fr", pieces=["domicile"])
    again = ask_complements(demande=demande, version=1, question=question, clef=demandee.clef, by=by, at=at)
    assert again == demandee


def test_a_page_too_old_changes_nothing(demande: Demande, by: Acteur, at: datetime) -> None:
    question = Question("incomplet", at.date() + timedelta(days=9), "courriel:samira@exemple.fr", pieces=["domicile"])
    Demande.objects.filter(pk=demande.pk).update(version=9)
    with pytest.raises(ConflitVersion):
        ask_complements(demande=demande, version=1, question=question, clef=uuid4(), by=by, at=at)
    assert not DemandeComplement.objects.exists()


def test_a_mere_message_does_not_end_the_wait(demande: Demande, demandee: DemandeComplement, at: datetime) -> None:
    receive_message(
        demande=demande, canal="courriel", texte="Je cherche ce papier.", adresse="samira@exemple.fr",
        by=acting_usager(usager_id=demande.usager_id or 0), at=at + timedelta(days=1),
    )  # fmt: skip
    assert fresh(demande).etat == Etat.EN_ATTENTE_USAGER
    assert Suspension.objects.get(demande=demande).fin_at is None


def test_brought_to_the_counter_two_days_ago(
    demande: Demande, demandee: DemandeComplement, by: Acteur, at: datetime
) -> None:
    received = at + timedelta(days=3)
    note_complements(
        complement=demandee, version=fresh(demande).version, canal="guichet", reponse=Reponse(texte="Vu l'original."),
        received_at=received, is_complet=True, by=by, at=received + timedelta(days=2),
    )  # fmt: skip
    assert Suspension.objects.get(demande=demande).fin_at == received
    message = Message.objects.get(demande=demande, canal="guichet")
    assert (message.at, message.agent_id, message.texte) == (received, by.agent_id, "Vu l'original.")
    with pytest.raises(PlusAttendu):
        receive_complements(complement=demandee, reponse=Reponse(DATE), at=received + timedelta(days=3))


def test_withdrawn_the_clocks_go_on(demande: Demande, demandee: DemandeComplement, by: Acteur, at: datetime) -> None:
    now = fresh(demande)
    cancel_complements(complement=demandee, demande=now, version=now.version, by=by, at=at + timedelta(days=1))
    assert fresh(demande).etat == Etat.EN_COURS
    assert Suspension.objects.get(demande=demande).fin_at == at + timedelta(days=1)


def test_reminded_once_before_the_end_then_the_agent_is_told_once(
    demande: Demande, demandee: DemandeComplement, agent: Agent
) -> None:
    morning = datetime.fromisoformat("2026-12-07T09:00:00+01:00")  # five days before the 12th
    assert demandee.etape_at == morning
    follow_complement(complement_id=demandee.pk, at=morning - timedelta(minutes=1))
    assert not Envoi.objects.filter(clef=f"complement:{demandee.pk}:relance").exists()
    for _ in range(2):
        follow_complement(complement_id=demandee.pk, at=morning)
    reminder = Envoi.objects.get(clef=f"complement:{demandee.pk}:relance")
    assert jetons.derive("complement", demandee.clef) in reminder.corps_texte
    over = datetime.fromisoformat("2026-12-13T00:00:00+01:00")
    for _ in range(2):
        follow_complement(complement_id=demandee.pk, at=over)
    assert Notification.objects.filter(agent=agent, genre="rappel").count() == 1
    demandee.refresh_from_db()
    assert (demandee.reminded_at, demandee.etape_at) == (morning, None)


def test_after_a_change_of_secret_the_reminder_carries_a_link_that_opens(
    demandee: DemandeComplement, settings: object
) -> None:
    first = jetons.derive("complement", demandee.clef)
    settings.SECRET_KEY = "une-autre-clef-assez-longue-pour-les-controles-0123456789-0123456789"  # type: ignore[attr-defined]
    assert find_by_jeton(first) == demandee  # until then, the link already sent opens
    follow_complement(complement_id=demandee.pk, at=datetime.fromisoformat("2026-12-07T09:00:00+01:00"))
    jeton = jetons.derive("complement", demandee.clef)
    assert jeton in Envoi.objects.get(clef=f"complement:{demandee.pk}:relance").corps_texte
    assert find_by_jeton(jeton) == demandee
