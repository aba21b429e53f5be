"""The vocabulary: what each gesture does, says, refuses, and takes back."""

from datetime import datetime
from uuid import uuid4

import pytest

from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Service
from demandes.actions import AgentHorsService
from demandes.automates import gestes
from demandes.automates.application import apply_all, photograph, undo
from demandes.automates.choix import load_noms
from demandes.automates.effets import Contexte, GesteImpossible
from demandes.automates.textes import asks_confirmation, verify_texte
from demandes.models import (
    Abonnement,
    Demande,
    Echeance,
    Message,
    Notification,
    SujetCommun,
    Suspension,
    Tache,
    TypeDemande,
    Zone,
)
from tests.demandes.automates.conftest import alors
from tests.demandes.conftest import Ouvrir

pytestmark = pytest.mark.django_db


@pytest.fixture
def contexte(by: Acteur, at: datetime, agent: Agent) -> Contexte:
    return Contexte(by=by, at=at, clef="essai", agent=agent)


def test_every_gesture_is_said_and_taken_back(
    demande: Demande, contexte: Contexte, ccas: Service, collegue: Agent, type_social: TypeDemande, by: Acteur,
    at: datetime,
) -> None:  # fmt: skip
    Zone.objects.create(libelle="Nord")
    sujet = SujetCommun.objects.create(titre="Panne du quartier", at=at, clef=uuid4())
    sequence = [
        alors("sujet", sujet=sujet.pk), alors("qualifier", type=type_social.pk), alors("affecter", service=ccas.pk),
        alors("prioriser", priorite=2),
        alors("etat", etat="en_attente_usager"), alors("zone", zone="Nord"),
        alors("tache", libelle="Rappeler {{ numero }}", jours=3),
    ]  # fmt: skip
    before = photograph(demande)
    done = apply_all(demande, sequence, contexte)
    assert (done.demande.service, done.demande.domaine, done.demande.zone, done.demande.sujet_id) == (
        ccas, "social", "Nord", sujet.pk,
    )  # fmt: skip
    assert Tache.objects.get().libelle == f"Rappeler {demande.numero}"
    assert Suspension.objects.get().fin_at is None
    said = gestes.describe_all(sequence, load_noms())
    assert said[2] == "affecter au service Action sociale"
    assert said[5] == "placer dans la zone Nord"
    back = undo(done.demande, done.demande.version, done.trace, by=by, at=at)
    assert photograph(Demande.objects.get(pk=demande.pk)) == before
    assert back.version == Demande.objects.get(pk=demande.pk).version
    assert not Tache.objects.exists()
    assert Suspension.objects.get().fin_at == at  # the clock runs again
    assert Echeance.objects.get(demande=demande, nature="engagement").due_at == demande.echeance_at


def test_closing_is_undone_to_the_state_before(demande: Demande, contexte: Contexte, by: Acteur, at: datetime) -> None:
    done = apply_all(demande, [alors("clore", issue="sans_suite")], contexte)
    assert done.demande.etat == "close"
    undo(done.demande, done.demande.version, done.trace, by=by, at=at)
    demande.refresh_from_db()
    assert (demande.etat, demande.issue, demande.closed_at) == ("a_traiter", "", None)


def test_a_gesture_already_true_changes_nothing(demande: Demande, contexte: Contexte, service: Service) -> None:
    done = apply_all(
        demande, [alors("affecter", service=service.pk), alors("prioriser", priorite=0),
                  alors("qualifier", type=demande.type_id)], contexte,
    )  # fmt: skip
    assert (done.is_changed, done.demande.version) == (False, 1)


def test_one_refusal_takes_the_others_back(
    demande: Demande, contexte: Contexte, ccas: Service, collegue: Agent
) -> None:
    with pytest.raises(AgentHorsService):
        apply_all(
            demande, [alors("prioriser", priorite=2), alors("affecter", service=ccas.pk, agent=collegue.pk)], contexte
        )
    assert Demande.objects.get(pk=demande.pk).priorite == 0


def test_only_readers_follow_and_are_told(
    ouvrir: Ouvrir, contexte: Contexte, type_social: TypeDemande, collegue: Agent
) -> None:
    sealed = ouvrir(type=type_social)
    with pytest.raises(GesteImpossible, match="ne lit pas cette demande"):
        gestes.apply(sealed, alors("suivre", agent=collegue.pk), contexte)
    plain = ouvrir()
    gestes.apply(plain, alors("suivre", agent=collegue.pk), contexte)
    gestes.apply(plain, alors("notifier", qui="suiveurs", texte="Voir {{ numero }}."), contexte)
    gestes.apply(plain, alors("notifier", qui="suiveurs", texte="Voir {{ numero }}."), contexte)  # replayed
    assert Abonnement.objects.get().agent == collegue
    assert Notification.objects.get(genre="suivi").texte == f"Voir {plain.numero}."


def test_a_note_replayed_is_one_note(demande: Demande, contexte: Contexte) -> None:
    for _ in range(2):
        gestes.apply(demande, alors("note", texte="Voir {{ type }}."), contexte)
    assert [note.texte for note in Message.objects.filter(sens="interne")] == ["Voir Éclairage."]


@pytest.mark.parametrize(
    ("texte", "faute"),
    [
        ("Bonjour {{ nom_du_chien }}", "La variable « nom_du_chien » n'existe pas ici."),
        ("Bonjour {{ numro }}", "Vouliez-vous « numero »"),
        ("Voir {% if x %}", "Une variable s'écrit entre deux accolades"),
        ("Merci de confirmer votre demande par courrier.", "CRPA, article L112-8"),
        ("Écrivez-nous une lettre pour confirmer.", "CRPA, article L112-8"),
    ],
)
def test_a_text_with_an_unknown_value_or_a_forbidden_request_is_refused(
    texte: str, faute: str, ville: Collectivite
) -> None:
    assert faute in verify_texte(texte)
    (sentence,) = gestes.verify([alors("note", texte=texte)], load_noms(), emploi=gestes.MACRO)
    assert faute in sentence


def test_an_ordinary_text_asks_no_confirmation() -> None:
    assert not asks_confirmation("Nous confirmons la réception. Le courrier partira demain.")


def test_a_notification_never_carries_content(ville: Collectivite) -> None:
    wrong = gestes.verify([alors("notifier", qui="agent", texte="{{ objet }}")], load_noms(), emploi=gestes.REGLE)
    assert "« objet » n'existe pas ici" in wrong[0]


@pytest.mark.parametrize(
    ("action", "emploi", "faute"),
    [
        (alors("envoyer", occasion="demande.relance_usager"), gestes.MACRO, "Ce geste n'est pas possible ici."),
        (alors("envoyer", occasion="demande.relance_usager"), gestes.GROUPEE, "Ce geste n'est pas possible ici."),
        (alors("envoyer", occasion="demande.reponse"), gestes.REGLE, "ce choix n'existe plus"),
        (alors("affecter", service="987654"), gestes.REGLE, "ce choix n'existe plus"),
        (alors("affecter"), gestes.REGLE, "à remplir"),
        (alors("tache", libelle="x", jours="demain"), gestes.REGLE, "un nombre de 0 à 365"),
        (alors("exploser"), gestes.REGLE, "Ce geste n'est pas possible ici."),
    ],
)
def test_what_can_not_be_saved(action: dict[str, object], emploi: str, faute: str, ville: Collectivite) -> None:
    (sentence,) = gestes.verify([action], load_noms(), emploi=emploi)
    assert faute in sentence


def test_a_macro_never_sends() -> None:
    for emploi in (gestes.MACRO, gestes.GROUPEE):
        assert not {"envoyer", "notifier"} & {each.code for each in gestes.list_gestes(emploi)}
