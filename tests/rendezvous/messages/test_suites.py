"""After it is queued: a loss is told, the night is kept to the last moment, the cost is counted, links lead back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.test import Client

from citoyens.actions import refuse_sms
from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Service
from demandes.models import Notification
from journal.models import Evenement as Ligne
from messagerie.actions import queue_message
from messagerie.models import Envoi
from messagerie.nouvelles import tell_settled
from messagerie.prise import take
from messagerie.suites import objets
from rendezvous.jetons import find_participation, write_jeton
from rendezvous.messages.cout import cost_of
from rendezvous.messages.liens import build_lien_court
from rendezvous.models import Participation, RendezVous


def queue(rdv: RendezVous, by: Acteur, at: datetime, **fields: object) -> Envoi:
    fields = {"voie": Envoi.Voie.RAPPEL, "clef": f"essai:{uuid4()}"} | fields
    return queue_message(
        canal="sms", destinataire="0639981234", texte="Rappel", objet_type="rendezvous", objet_id=rdv.pk, by=by, at=at,
        **fields,
    )  # fmt: skip


def test_a_lost_message_reaches_somebody(
    rdv: RendezVous, participation: Participation, agent: Agent, by: Acteur, at: datetime
) -> None:
    envoi = queue(rdv, by, at)
    for etat in (Envoi.Etat.REMIS, Envoi.Etat.REJETE):
        envoi.etat = etat
        tell_settled(envoi, at)
    assert Ligne.objects.filter(verbe="rendezvous.non_remis", objet_id=rdv.pk).count() == 1
    told = Notification.objects.get()
    assert (told.agent_id, told.lien) == (agent.pk, f"/c/aurelle/rendez-vous/{rdv.pk}/")


def test_a_sealed_appointment_is_read_by_its_own(rdv: RendezVous, acces: Acces, participation: Participation) -> None:
    linked = objets.get("rendezvous")
    assert linked is not None
    assert linked.can_read(acces, rdv.pk)
    RendezVous.objects.update(domaine="social")
    assert not linked.can_read(acces, rdv.pk)


def test_a_reminder_made_late_waits_for_the_morning(
    rdv: RendezVous, participation: Participation, ville: Collectivite, by: Acteur
) -> None:
    """22:30 in Paris: the provider was away since the afternoon."""
    night = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
    envoi = queue(rdv, by, night - timedelta(hours=6), perime_at=rdv.debut_at)
    assert take(ville.pk, envoi.pk, at=night) is None
    envoi.refresh_from_db()
    assert (envoi.etat, envoi.essais, envoi.bail_at) == ("a_envoyer", 0, None)
    assert envoi.prevu_at == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert take(ville.pk, envoi.pk, at=envoi.prevu_at) is not None
    urgent = queue(rdv, by, night, voie=Envoi.Voie.IMMEDIAT)  # what the usager has just done is confirmed at once
    assert take(ville.pk, urgent.pk, at=night) is not None


def test_a_reminder_that_must_not_leave_any_more(
    rdv: RendezVous, participation: Participation, ville: Collectivite, by: Acteur, at: datetime
) -> None:
    stopped, over = queue(rdv, by, at), queue(rdv, by, at)
    refuse_sms(normalisee="+33639981234", is_refused=True, at=at)
    assert take(ville.pk, stopped.pk, at=at) is None
    refuse_sms(normalisee="+33639981234", is_refused=False, at=at)
    RendezVous.objects.update(etat="honore")
    assert take(ville.pk, over.pk, at=at) is None
    told = Envoi.objects.order_by("pk").values_list("etat", "erreur")
    assert list(told) == [
        ("annule", "Cette adresse ne reçoit plus nos messages."), ("annule", "Ce rendez-vous n'attend plus."),
    ]  # fmt: skip


def test_the_cost_counts_what_left(rdv: RendezVous, by: Acteur, at: datetime) -> None:
    for index, (etat, segments, days) in enumerate(
        [("envoye", 1, 0), ("remis", 2, 1), ("rejete", 1, 1), ("a_envoyer", 5, 1), ("annule", 5, 1), ("remis", 7, 40)]
    ):
        envoi = queue(rdv, by, at, clef=f"cout:{index}")
        Envoi.objects.filter(pk=envoi.pk).update(etat=etat, segments=segments, sent_at=at + timedelta(days=days))
    cost = cost_of(at, at + timedelta(days=30))
    assert (cost.messages, cost.segments, cost.euros) == (3, 4, Decimal("0.18"))


def test_the_short_link_leads_to_the_appointment(
    participation: Participation, client: Client, at: datetime, ville: Collectivite, service: Service
) -> None:
    link = build_lien_court(participation)
    assert link.startswith("https://guichet.exemple.fr/r/aurelle/")
    answer = client.get(link.removeprefix("https://guichet.exemple.fr"))
    jeton = write_jeton(bytes(participation.sel))
    assert answer["Location"] == f"/usager/aurelle/rendez-vous/gerer/{jeton}/"
    assert find_participation(jeton, at=at) == participation
