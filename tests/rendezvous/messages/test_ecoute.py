"""What each event writes, to whom, by which way; what is never said."""

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from citoyens.actions import Contact, create_usager, refuse_sms
from citoyens.models import PointContact, Usager
from collectivites.acteur import Acteur, acting_usager
from collectivites.models import Agent, Lieu, Service
from messagerie.fournisseurs.courriel import build_email
from messagerie.models import Envoi, PieceEnvoi
from messagerie.prise import build_message
from rendezvous.etats import Etat
from rendezvous.evenements import Evenement, Genre
from rendezvous.messages.ecoute import follow
from rendezvous.messages.envois import queue_code
from rendezvous.messages.rappels import cancel_all, plan_rappel
from rendezvous.models import Guichet, Motif, Participation, RendezVous, Ressource
from tests.rendezvous.monde import (
    make_agent,
    make_motif,
    make_participation,
    make_plage,
    make_rendezvous,
    make_ressource,
)


def list_envois(part: str = "") -> list[Envoi]:
    """What was queued but reminders, oldest first."""
    return list(Envoi.objects.exclude(voie=Envoi.Voie.RAPPEL).filter(clef__contains=part).order_by("pk"))


@pytest.fixture
def fact(rdv: RendezVous, participation: Participation, by: Acteur, at: datetime) -> Evenement:
    return Evenement(Genre.CONFIRME, rdv, by, at)


def near(fact: Evenement) -> Evenement:
    """The same, the day before."""
    return replace(fact, at=fact.rendezvous.debut_at - timedelta(hours=20))


# ── Confirmation ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_email_with_everything(fact: Evenement, motif: Motif, lieu: Lieu, ressource: Ressource) -> None:
    lieu.adresse, lieu.code_postal, lieu.ville = "1 place de la République", "54000", "Aurelle"
    motif.pieces, motif.consignes_apres = ["Photo d'identité"], "Présentez-vous à l'accueil."
    guichet = Guichet.objects.create(lieu=lieu, libelle="Guichet 3")
    make_plage(ressource, lieu, motif, jours=(fact.rendezvous.jour,), guichet=guichet)
    follow(fact)
    (sent,) = list_envois()
    assert (sent.canal, sent.destinataire, sent.perime_at) == (
        "courriel",
        "samira@exemple.fr",
        fact.rendezvous.debut_at,
    )
    body = sent.corps_texte.replace("\u00a0", " ")
    for said in (
        "Date : mardi 24 novembre 2026 à 9 h 40 (20 min)",
        "Lieu : Hôtel de ville, 1 place de la République, 54000 Aurelle, Guichet 3",
        "Motif : Carte d'identité", "Service : État civil", "- Photo d'identité", "Présentez-vous à l'accueil.",
        "Appelez le 01 99 00 12 34", "https://guichet.exemple.fr/usager/aurelle/rendez-vous/gerer/",
    ):  # fmt: skip
        assert said in body
    follow(fact)  # told twice, written once
    assert len(list_envois()) == 1


def test_the_file_leaves_as_a_calendar(fact: Evenement) -> None:
    follow(fact)
    (sent,) = list_envois()
    assert PieceEnvoi.objects.get(envoi=sent).nom == "rendez-vous.ics"
    mail = message_from_bytes(
        build_email(build_message(sent, fact.rendezvous.collectivite)).as_bytes(), policy=default
    )
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part["content-type"].params["method"] == "REQUEST"
    assert f"UID:{fact.rendezvous.uuid}" in part.get_content()


@pytest.mark.parametrize("changes", [{"is_prevenu": False}, {"is_groupe": True}])
def test_nothing_when_told_otherwise(fact: Evenement, changes: dict[str, bool]) -> None:
    follow(replace(fact, **changes))
    assert not Envoi.objects.exists()


def test_an_sms_when_no_email_is_known(fact: Evenement, participation: Participation) -> None:
    participation.courriel = ""
    participation.save()
    follow(fact)
    (sent,) = list_envois()
    assert (sent.canal, sent.destinataire, sent.segments) == ("sms", "+33639981234", 1)
    assert sent.corps_texte.startswith(
        "Ville d'Aurelle : rendez-vous mardi 24 novembre à 9 h 40, Hotel de ville. https"
    )


def test_both_when_it_presses(fact: Evenement) -> None:
    follow(near(fact))
    assert [each.canal for each in list_envois()] == ["courriel", "sms"]


def test_the_profile_when_nothing_was_given(fact: Evenement, participation: Participation) -> None:
    Participation.objects.update(courriel="", telephone="")
    follow(fact)
    assert list_envois()[0].destinataire == "samira@exemple.fr"


def test_what_fails_is_left_alone(fact: Evenement, at: datetime) -> None:
    PointContact.objects.filter(nature="courriel").update(failing_since=at)
    follow(fact)
    assert [each.canal for each in list_envois()] == ["sms"]
    refuse_sms(normalisee="+33639981234", is_refused=True, at=at)
    follow(replace(near(fact), genre=Genre.DEPLACE))
    assert len(list_envois()) == 1


def test_who_refuses_electronic_answers_gets_none(fact: Evenement) -> None:
    Usager.objects.update(is_electronique_refuse=True)
    follow(fact)
    assert not Envoi.objects.exists()
    fact.rendezvous.canal = RendezVous.Canal.EN_LIGNE  # they booked on a screen, with this address
    follow(fact)
    assert len(list_envois()) == 1


def test_a_companion_with_an_address_is_told_too(fact: Evenement, by: Acteur, at: datetime) -> None:
    for rang, mail in enumerate(("karim@exemple.fr", "samira@exemple.fr"), start=1):
        other = create_usager(nature="personne", nom="Ben Amar", prenoms=f"Karim {rang}", by=by, at=at,
                              contacts=[Contact("mobile", f"06 39 98 77 0{rang}")])  # fmt: skip
        make_participation(fact.rendezvous, other, rang=rang, courriel=mail)
    follow(fact)
    assert [each.destinataire for each in list_envois()] == ["samira@exemple.fr", "karim@exemple.fr"]


# ── What is never said ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sealed_service_and_its_lieu_are_not_named(
    ccas: Service, ville: object, usager: Usager, debut_at: datetime, by: Acteur, at: datetime
) -> None:
    lieu = Lieu.objects.create(nom="Centre d'action sociale", adresse="4 rue des Lilas", ville="Aurelle")
    agent: Agent = make_agent(ville, "Paul Nguyen", ccas)
    motif = make_motif(ccas, "Dossier RSA", pieces=["Attestation RSA"], consignes_apres="Bureau de l'aide sociale")
    rdv = make_rendezvous(
        motif, make_ressource(agent), lieu, debut_at, fin_at=debut_at + timedelta(minutes=20), usager=usager, at=at
    )
    make_participation(rdv, usager, courriel="samira@exemple.fr", telephone="+33639981234")
    rdv.etat, rdv.raison = Etat.ANNULE_SERVICE, "Votre dossier RSA est déjà complet"
    for genre in (Genre.CONFIRME, Genre.DEPLACE, Genre.ANNULE):
        follow(Evenement(genre, rdv, by, debut_at - timedelta(hours=20)))
    told = " ".join(f"{each.objet} {each.corps_texte}" for each in Envoi.objects.all()).lower()
    assert Envoi.objects.filter(canal="sms").count() == Envoi.objects.filter(canal="courriel").count() == 3
    for secret in ("social", "rsa", "nguyen"):
        assert secret not in told
    assert "4 rue des lilas" in told
    assert "page de votre rendez-vous" in told


def test_a_sensitive_motif_keeps_its_neutral_name(fact: Evenement) -> None:
    fact.rendezvous.motif.is_sensible = True
    fact.rendezvous.motif.libelle_public = "Rendez-vous administratif"
    follow(fact)
    (sent,) = list_envois()
    assert "Rendez-vous administratif" in sent.corps_texte
    assert "identité" not in sent.corps_texte
    assert "État civil" not in sent.corps_texte


@pytest.mark.parametrize(
    ("genre", "fields", "said"),
    [
        ("telephone", {"telephone": "+33639980001"}, "nous vous appellerons au 06 39 98 00 01"),
        ("visio", {"visio_url": "https://visio.exemple.fr/abc"}, "Visioconférence : https://visio.exemple.fr/abc"),
        ("domicile", {"adresse": "12 rue des Tilleuls"}, "Lieu : chez vous, 12 rue des Tilleuls"),
    ],
)
def test_where_it_is_held(fact: Evenement, genre: str, fields: dict[str, str], said: str) -> None:
    fact.rendezvous.motif.genre = genre
    for name, value in fields.items():
        setattr(fact.rendezvous, name, value)
    follow(fact)
    assert said in list_envois()[0].corps_texte.replace("\u00a0", " ")


# ── Move and cancellation ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_move_says_the_old_hour_and_the_new_one(fact: Evenement, debut_at: datetime) -> None:
    rdv = fact.rendezvous
    rdv.debut_at, rdv.fin_at, rdv.sequence = debut_at + timedelta(days=7), debut_at + timedelta(days=7, hours=1), 1
    follow(replace(fact, genre=Genre.DEPLACE, avant=debut_at))
    (sent,) = list_envois("modification")
    body = sent.corps_texte.replace("\u00a0", " ")
    assert "du mardi 24 novembre à 9 h 40 est déplacé" in body
    assert "Date : mardi 1er décembre 2026 à 9 h 40" in body
    assert PieceEnvoi.objects.get(envoi=sent).type_mime.startswith("text/calendar; method=REQUEST")


@pytest.mark.parametrize(
    ("etat", "said", "unsaid"),
    [
        (Etat.ANNULE_USAGER, "comme vous l'avez demandé", "Raison"),
        (Etat.ANNULE_SERVICE, "Raison : agent absent", "comme vous l'avez demandé"),
    ],
)
def test_a_cancellation(fact: Evenement, etat: str, said: str, unsaid: str) -> None:
    fact.rendezvous.etat, fact.rendezvous.raison = etat, "agent absent"
    follow(replace(fact, genre=Genre.ANNULE))
    (sent,) = list_envois()
    body = sent.corps_texte.replace("\u00a0", " ")
    assert said in body
    assert unsaid not in body
    assert "https://guichet.exemple.fr/usager/aurelle/rendez-vous/" in body  # book again, in the same town
    assert PieceEnvoi.objects.get(envoi=sent).type_mime.startswith("text/calendar; method=CANCEL")


def test_nothing_leaves_once_it_has_begun(fact: Evenement) -> None:
    fact.rendezvous.etat = Etat.ANNULE_SERVICE
    follow(replace(fact, genre=Genre.ANNULE, at=fact.rendezvous.debut_at))
    assert not Envoi.objects.exists()


def test_lanes(fact: Evenement, usager: Usager) -> None:
    follow(replace(fact, by=acting_usager(usager_id=usager.pk)))
    assert list_envois()[0].voie == Envoi.Voie.IMMEDIAT
    fact.rendezvous.etat = Etat.ANNULE_SERVICE
    follow(replace(fact, genre=Genre.ANNULE))
    assert list_envois("annulation")[0].voie == Envoi.Voie.COURANT


def test_a_code_leaves_at_any_hour(fact: Evenement, at: datetime) -> None:
    night = at.replace(hour=2)
    sent = queue_code(rendezvous=fact.rendezvous, canal="sms", destinataire="06 39 98 12 34", code="482913", at=night)
    assert (sent.voie, sent.prevu_at, sent.perime_at) == (Envoi.Voie.IMMEDIAT, night, night + timedelta(minutes=10))
    assert "482 913 est votre code" in sent.corps_texte
    again = queue_code(rendezvous=fact.rendezvous, canal="sms", destinataire="06 39 98 12 34", code="111222",
                       at=night + timedelta(seconds=30))  # fmt: skip
    assert again.pk != sent.pk


def test_a_reminder_already_taken_does_not_hold_a_cancellation(fact: Evenement) -> None:
    [taken] = plan_rappel(fact.rendezvous, by=fact.by, at=fact.at)
    Envoi.objects.filter(pk=taken.pk).update(etat=Envoi.Etat.EN_COURS, bail_at=fact.at)
    assert cancel_all([taken], by=fact.by, at=fact.at) == 0
