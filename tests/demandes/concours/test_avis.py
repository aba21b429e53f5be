"""A third party without account: one question, chosen files, an answer that never joins the conversation."""

from datetime import date, datetime, timedelta
from email.message import EmailMessage
from uuid import uuid4

import pytest

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Agent
from demandes.concours import jetons
from demandes.concours.avis import (
    AvisIncomplet,
    DemandeAvis,
    ReponseAvis,
    ask_avis,
    build_reference,
    find_by_jeton,
    follow_avis,
    note_avis,
    receive_avis,
    revoke_avis,
)
from demandes.concours.complements import PlusAttendu
from demandes.cycle import Etat
from demandes.models import Avis, Boite, Demande, Entree, Message, Notification, PieceJointe, Suspension
from demandes.reception.arrivee import receive_raw
from demandes.reception.traitement import process_entree
from messagerie.models import Envoi
from tests.demandes.concours.conftest import ask

pytestmark = pytest.mark.django_db


def fresh(demande: Demande) -> Demande:
    return Demande.objects.for_fiche().get(pk=demande.pk)


def consult(demande: Demande, by: Acteur, at: datetime, **changes: object) -> Avis:
    given: dict[str, object] = {
        "nom": "Architecte des Bâtiments de France", "courriel": "abf@culture.exemple.fr",
        "question": "L'enseigne convient-elle ?", "echeance_on": date(2026, 11, 27),
    }  # fmt: skip
    asked = DemandeAvis(**(given | changes))  # type: ignore[arg-type]
    return ask_avis(demande=demande, version=demande.version, asked=asked, clef=uuid4(), by=by, at=at)


@pytest.fixture
def avis(demande: Demande, boite: Boite, by: Acteur, at: datetime) -> Avis:
    return consult(demande, by, at)


def test_they_are_asked_by_a_letter_of_its_own(demande: Demande, avis: Avis) -> None:
    envoi = Envoi.objects.get(clef=f"avis:{avis.pk}")
    reference = build_reference(avis)
    assert reference.startswith(f"[AVS-2026-{avis.pk:04d}-")
    assert reference in envoi.objet
    assert envoi.repondre_a == f"mairie+{reference.strip('[]')}@aurelle.exemple.fr"
    assert demande.objet not in envoi.corps_texte
    assert "Samira" not in envoi.corps_texte
    assert jetons.derive("avis", avis.clef) in envoi.corps_texte
    assert not Message.objects.filter(demande=demande, adresse="abf@culture.exemple.fr").exists()


def test_the_demande_waits_but_the_law_does_not(demande: Demande, avis: Avis) -> None:
    assert fresh(demande).etat == Etat.EN_ATTENTE_TIERS
    held = Suspension.objects.get(demande=demande, fin_at=None)
    assert (held.cause, held.is_legale) == ("tiers", False)


def test_not_suspensif_nothing_waits(demande: Demande, by: Acteur, at: datetime) -> None:
    consult(demande, by, at, is_suspensif=False)
    assert fresh(demande).etat == Etat.EN_COURS
    assert not Suspension.objects.exists()


def test_their_answer_is_a_note_for_agents(demande: Demande, avis: Avis, agent: Agent, at: datetime) -> None:
    later = at + timedelta(days=2)
    for _ in range(2):
        receive_avis(avis=avis, reponse=ReponseAvis("Sous réserve de la couleur.", is_favorable=True), at=later)
    note = Message.objects.get(demande=demande, sens="interne")
    assert (note.texte, note.expediteur_libelle) == (
        "Avis favorable.\nSous réserve de la couleur.", "Architecte des Bâtiments de France, consulté",
    )  # fmt: skip
    assert Entree.objects.get(externe_id__startswith=f"avis:{avis.pk}:").demande_id == demande.pk
    assert (fresh(demande).etat, fresh(demande).is_unread) == (Etat.EN_COURS, True)
    assert Suspension.objects.get(demande=demande).fin_at == later
    assert Notification.objects.filter(agent=agent, genre="reponse").count() == 1
    with pytest.raises(PlusAttendu):
        receive_avis(avis=avis, reponse=ReponseAvis("Autre chose."), at=later)


def test_documents_come_first_then_the_opinion(demande: Demande, by: Acteur, at: datetime, avis: Avis) -> None:
    complement = ask(fresh(demande), by, at)
    assert fresh(demande).etat == Etat.EN_ATTENTE_USAGER
    assert Suspension.objects.get(demande=demande, fin_at=None).is_legale
    from demandes.concours.complements import cancel_complements  # noqa: PLC0415

    now = fresh(demande)
    cancel_complements(complement=complement, demande=now, version=now.version, by=by, at=at + timedelta(days=1))
    assert fresh(demande).etat == Etat.EN_ATTENTE_TIERS
    assert Suspension.objects.get(demande=demande, fin_at=None).cause == "tiers"


def test_only_files_of_the_demande_that_may_leave_are_shared(
    demande: Demande, by: Acteur, at: datetime, ouvrir: object
) -> None:
    message = Message.objects.get(demande=demande, sens="entrant")
    other = Message.objects.get(demande=ouvrir(), sens="entrant")  # type: ignore[operator]
    common = {"type_mime": "application/pdf", "octets": 1, "empreinte": "0" * 64, "fichier": "x"}
    good = PieceJointe.objects.create(message=message, nom="plan.pdf", **common)
    bad = PieceJointe.objects.create(message=message, nom="virus.pdf", analyse="infectee", **common)
    foreign = PieceJointe.objects.create(message=other, nom="autre.pdf", **common)
    avis = consult(demande, by, at, pieces=[good.pk, bad.pk, foreign.pk])
    assert avis.pieces == [good.pk]


def test_withdrawn_the_link_closes(demande: Demande, avis: Avis, by: Acteur, at: datetime) -> None:
    now = fresh(demande)
    revoke_avis(avis=avis, demande=now, version=now.version, by=by, at=at)
    assert fresh(demande).etat == Etat.EN_COURS
    with pytest.raises(PlusAttendu):
        receive_avis(avis=avis, reponse=ReponseAvis("Trop tard."), at=at)
    found = find_by_jeton(jetons.derive("avis", avis.clef))
    assert found is not None
    assert found.revoked_at == at


def test_an_answer_by_phone_is_noted(demande: Demande, avis: Avis, by: Acteur, at: datetime) -> None:
    note_avis(
        avis=avis, version=fresh(demande).version, reponse=ReponseAvis("D'accord.", is_favorable=False), by=by, at=at
    )
    avis.refresh_from_db()
    assert (avis.is_favorable, avis.reponse) == (False, "D'accord.")
    assert Message.objects.get(demande=demande, sens="interne").agent_id == by.agent_id


def test_what_is_missing_is_said(demande: Demande, by: Acteur, at: datetime) -> None:
    with pytest.raises(AvisIncomplet, match="la question"):
        consult(demande, by, at, question=" ")
    with pytest.raises(AvisIncomplet, match="après aujourd'hui"):
        consult(demande, by, at, echeance_on=at.date())


def test_reminded_once_then_the_agent_is_told_once(demande: Demande, avis: Avis, agent: Agent) -> None:
    morning = datetime.fromisoformat("2026-11-24T09:00:00+01:00")
    assert avis.etape_at == morning
    for _ in range(2):
        follow_avis(avis_id=avis.pk, at=morning)
    assert Envoi.objects.filter(clef=f"avis:{avis.pk}:relance").count() == 1
    for _ in range(2):
        follow_avis(avis_id=avis.pk, at=datetime.fromisoformat("2026-11-28T00:00:00+01:00"))
    assert Notification.objects.get(agent=agent, genre="rappel").texte.endswith("était attendu pour le 27/11/2026.")


def mail(demande: Demande, avis: Avis, boite: Boite, at: datetime, *, de: str, auto: bool = False) -> Entree:
    """Their answer by e-mail: it quotes our subject, and is sent to the address we gave."""
    envoi = Envoi.objects.get(clef=f"avis:{avis.pk}")
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = de, envoi.repondre_a, f"Re: {envoi.objet}"
    letter["Message-ID"], letter["In-Reply-To"] = "<reponse-1@culture.exemple.fr>", envoi.entetes["Message-ID"]
    if auto:
        letter["Auto-Submitted"] = "auto-replied"
    letter.set_content("Favorable, sans réserve.")
    entree = receive_raw(
        brut=letter.as_bytes(), collectivite_id=get_active_id(), boite_id=boite.pk, at=at, is_nudged=False
    )
    process_entree(collectivite_id=get_active_id(), entree_id=entree.pk, at=at)
    entree.refresh_from_db()
    return entree


def test_their_mail_answers_the_opinion_never_the_conversation(
    demande: Demande, avis: Avis, boite: Boite, at: datetime
) -> None:
    entree = mail(demande, avis, boite, at + timedelta(days=1), de="Jean <j.durand@culture.exemple.fr>")
    assert (entree.etat, entree.issue, entree.demande_id) == ("traitee", "rattachee", demande.pk)
    avis.refresh_from_db()
    assert avis.reponse == "Favorable, sans réserve."
    assert Message.objects.filter(demande=demande, entree=entree).get().sens == "interne"
    assert Demande.objects.count() == 1


def test_a_stranger_who_quotes_the_reference_waits_for_a_human(
    demande: Demande, avis: Avis, boite: Boite, at: datetime
) -> None:
    entree = mail(demande, avis, boite, at, de="intrus@ailleurs.exemple.fr")
    assert (entree.etat, entree.motif) == (
        "quarantaine", "Cite un avis demandé, mais vient d'une autre adresse que celle du tiers.",
    )  # fmt: skip
    avis.refresh_from_db()
    assert avis.answered_at is None


def test_their_absence_message_is_no_opinion(demande: Demande, avis: Avis, boite: Boite, at: datetime) -> None:
    entree = mail(demande, avis, boite, at, de="abf@culture.exemple.fr", auto=True)
    assert entree.issue == "automatique"
    avis.refresh_from_db()
    assert avis.answered_at is None
    assert not Message.objects.filter(demande=demande, entree=entree).exists()
