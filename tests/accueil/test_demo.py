"""The demonstration: three towns, loaded once, nothing that could leave, nothing in the future."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accueil.demo.agents import AGENTS, MOT_DE_PASSE
from citoyens.models import Interaction, NoteUsager, PointContact, Usager
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Horaire, Lieu
from demandes.cycle import Etat
from demandes.models import Boite, ContactImmediat, Demande, Entree, Message
from journal.models import Evenement
from messagerie.models import AbonnementWebhook, Envoi, LivraisonWebhook
from rendezvous.models import AgendaExterne, FluxAgenda, InscriptionAttente, RendezVous, Seance

FICTION = re.compile(r"\+3363998\d{4}|\+3319900\d{4}")


def run(*options: str) -> str:
    out = StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


def test_the_accounts_are_printed_with_their_password() -> None:
    said = run("--comptes")
    assert MOT_DE_PASSE in said
    assert all(each.email in said for each in AGENTS)
    assert "claire.morvan@aurelle.exemple.fr" in said


@pytest.mark.lent
@pytest.mark.django_db
def test_three_believable_towns_are_loaded_once(django_assert_max_num_queries: object, client: Client) -> None:
    said = run()
    assert "Ville d'Aurelle" in said
    towns = {each.slug: each for each in Collectivite.objects.all()}
    assert set(towns) == {"aurelle", "valmont", "aurelle-agglo"}
    assert towns["valmont"].epci_id == towns["aurelle-agglo"].pk
    with collectivite_active(towns["aurelle"].pk):
        check_aurelle()
    for town in towns.values():
        with collectivite_active(town.pk):
            check_town()
    with django_assert_max_num_queries(1):
        assert "déjà là" in run()
    assert Collectivite.objects.count() == 3
    assert client.login(email="claire.morvan@aurelle.exemple.fr", password=MOT_DE_PASSE)
    assert Agent.objects.get(email="olivier.brunet@aurelle.exemple.fr").rattachements.count() == 2


def check_aurelle() -> None:
    """Everything one comes to see is there."""
    assert set(Demande.objects.values_list("etat", flat=True)) == set(Etat.values)
    assert set(Demande.objects.values_list("canal", flat=True)) == set(Demande.Canal.values)
    assert Demande.objects.overdue(timezone.now()).count() >= 5
    assert Demande.objects.filter(domaine="social").count() >= 3
    assert Message.objects.filter(sens=Message.Sens.INTERNE).count() >= 5
    assert {"remis", "rejete", "echec", "incertain", "annule"} <= set(Envoi.objects.values_list("etat", flat=True))
    assert Entree.objects.filter(etat=Entree.Etat.QUARANTAINE).count() == 2
    assert {each.adresse for each in Boite.objects.all()} >= {
        "contact@aurelle.exemple.fr",
        "eclairage@aurelle.exemple.fr",
    }
    shared = PointContact.objects.get(normalisee="famille.benamar@exemple.fr")
    assert Usager.objects.filter(liens_contact__point=shared).count() == 2
    lieu = Lieu.objects.get(nom="Hôtel de ville")
    assert Horaire.objects.filter(lieu=lieu, jour=0).count() == 2, "closed at noon"
    assert NoteUsager.objects.live(timezone.localdate()).count() >= 3
    assert Interaction.objects.filter(genre=Interaction.Genre.CONTACT).exists()
    assert {"confirme", "honore", "absent", "annule_usager"} <= set(RendezVous.objects.values_list("etat", flat=True))
    assert Seance.objects.filter(inscrits__gt=0).count() == 2
    assert (FluxAgenda.objects.count(), AgendaExterne.objects.count(), LivraisonWebhook.objects.count()) == (3, 2, 6)
    assert InscriptionAttente.objects.filter(ended_at=None).count() == 7
    assert not AgendaExterne.objects.filter(is_active=True).exists(), "no network"
    assert not AbonnementWebhook.objects.filter(is_active=True).exists(), "no network"


def check_town() -> None:
    """Nothing to send, nothing in the future, no real number, a journal for each demande."""
    now = timezone.now()
    waiting = Envoi.objects.filter(etat__in=[Envoi.Etat.A_ENVOYER, Envoi.Etat.EN_COURS])
    assert not waiting.exclude(prevu_at__gt=now, voie=Envoi.Voie.RAPPEL).exists(), "but reminders of what is to come"
    phones = PointContact.objects.filter(nature__in=[PointContact.Nature.MOBILE, PointContact.Nature.FIXE])
    assert [number for number in phones.values_list("normalisee", flat=True) if not FICTION.fullmatch(number)] == []
    mails = PointContact.objects.filter(nature=PointContact.Nature.COURRIEL).values_list("normalisee", flat=True)
    assert all(address.endswith("exemple.fr") for address in mails)
    for model, field in ((Demande, "created_at"), (Message, "at"), (Evenement, "at"), (ContactImmediat, "at")):
        assert not model.objects.filter(**{f"{field}__gt": now}).exists(), model
    opened = set(Evenement.objects.filter(verbe="demande.ouverte").values_list("objet_id", flat=True))
    assert opened == set(Demande.objects.values_list("pk", flat=True))
