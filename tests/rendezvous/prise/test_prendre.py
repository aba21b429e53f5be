"""Booking at the counter: one page, one click, nothing typed ever lost."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Lieu, Service
from collectivites.permissions import Role
from demandes.actions import open_demande
from demandes.models import Demande
from journal.models import Evenement
from messagerie.models import Envoi
from rendezvous.ants import coordination
from rendezvous.models import Motif, PlageOuverture, RendezVous, Ressource
from tests.rendezvous.monde import make_agent, make_motif, make_plage
from tests.rendezvous.prise.conftest import Reserveur, text, url, valeur


def send(usager: Usager, motif: Motif, **more: str) -> dict[str, str]:
    return {"usager": str(usager.pk), "motif": str(motif.pk), "clef": str(uuid4()), "canal": "guichet",
            "prevenir": "on"} | more  # fmt: skip


def test_the_screen_teaches_then_shows_the_soonest_hours(
    client: Client, usager: Usager, plage: PlageOuverture, motif: Motif
) -> None:
    empty = text(client.get(url("prendre"), {"usager": usager.pk}))
    assert "Samira Ben Amar" in empty
    assert "Choisissez un motif" in empty
    assert motif.libelle in empty
    with CaptureQueriesContext(connection) as queries:
        page = text(client.get(url("prendre"), {"usager": usager.pk, "motif": motif.pk}))
    assert page.count('name="creneau"') == 9
    assert "9 h 00" in page
    assert len(queries) <= 26


def test_one_click_books_and_says_who_is_told(
    client: Client, usager: Usager, plage: PlageOuverture, motif: Motif, lieu: Lieu, lundi: date
) -> None:
    answer = client.post(url("prendre"), send(usager, motif, creneau=valeur(lundi, 560, lieu), note="En fauteuil"))
    rdv = RendezVous.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == url("pris", rdv.pk)
    assert (rdv.usager_id, rdv.canal, rdv.note) == (usager.pk, "guichet", "En fauteuil")
    said = text(client.get(answer["Location"]))
    assert "9 h 20" in said
    assert "samira@exemple.fr" in said


def test_the_same_form_sent_twice_books_once(
    client: Client, usager: Usager, plage: PlageOuverture, motif: Motif, lieu: Lieu, lundi: date
) -> None:
    body = send(usager, motif, creneau=valeur(lundi, 540, lieu))
    assert client.post(url("prendre"), body)["Location"] == client.post(url("prendre"), body)["Location"]
    assert RendezVous.objects.count() == 1


def test_a_slot_lost_keeps_everything_and_proposes_the_nearest(
    client: Client, usager: Usager, reserve: Reserveur, motif: Motif, lieu: Lieu, lundi: date
) -> None:
    reserve(540)
    person = {"usager": "nouveau", "personne-prenoms": "Karim", "personne-nom": "Haddad", "note": "Parle arabe"}
    body = send(usager, motif, creneau=valeur(lundi, 540, lieu)) | person
    answer = client.post(url("prendre"), body)
    page = text(answer)
    assert answer.status_code == 409
    assert "Rien n'est réservé" in page
    assert "Haddad" in page
    assert "Parle arabe" in page
    near = page.split("Les plus proches encore libres")[1].split("</ul>")[0]
    assert len(re.findall('name="creneau"', near)) == 3
    assert RendezVous.objects.count() == 1


def test_nobody_chosen_is_said_with_what_was_typed(
    client: Client, usager: Usager, plage: PlageOuverture, motif: Motif, lieu: Lieu, lundi: date
) -> None:
    body = send(usager, motif, creneau=valeur(lundi, 540, lieu), note="Pressé") | {"usager": ""}
    answer = client.post(url("prendre"), body)
    assert answer.status_code == 422
    assert "Choisissez pour qui" in text(answer)
    assert "Pressé" in text(answer)
    assert "Choisissez le motif" in text(client.post(url("prendre"), {"creneau": "x", "usager": str(usager.pk)}))


def test_a_new_person_and_a_companion_come(
    client: Client, service: Service, ressource: Ressource, lieu: Lieu, lundi: date, ville: Collectivite
) -> None:
    pacs = make_motif(service, "Pacs", durees=(20, 40))
    make_plage(ressource, lieu, pacs, jours=(lundi,))
    body = {
        "motif": str(pacs.pk), "personnes": "2", "usager": "nouveau", "personne-nom": "Haddad",
        "personne-prenoms": "Karim", "personne-telephone": "06 39 98 00 01", "prenom_1": "Lina", "nom_1": "Haddad",
        "clef": str(uuid4()), "creneau": valeur(lundi, 540, lieu), "prevenir": "on",
    }  # fmt: skip
    assert client.post(url("prendre"), body).status_code == 302
    rdv = RendezVous.objects.get()
    assert (rdv.fin_at - rdv.debut_at).total_seconds() == 40 * 60
    assert [str(row.usager) for row in rdv.participations.order_by("rang")] == ["Karim Haddad", "Lina Haddad"]


def test_over_capacity_is_said_yes_to(
    client: Client, usager: Usager, reserve: Reserveur, motif: Motif, lieu: Lieu, ressource: Ressource, lundi: date
) -> None:
    reserve(540)
    other = make_motif(motif.service, "Passeport")
    make_plage(ressource, lieu, other, jours=(lundi,))
    body = send(usager, other, surnombre="oui", jour=lundi.isoformat(), heure="09:00",
                qui=f"{lieu.pk}-{ressource.pk}")  # fmt: skip
    refused = client.post(url("prendre"), body)
    assert refused.status_code == 422
    assert "Cochez cette case" in text(refused)
    assert client.post(url("prendre"), body | {"accepte": "on"}).status_code == 302
    assert RendezVous.objects.get(motif=other).is_surbooking


def test_the_hour_of_the_agenda_is_one_button(
    client: Client, usager: Usager, reserve: Reserveur, motif: Motif, ressource: Ressource
) -> None:
    taken = reserve(540)
    asked = {"usager": usager.pk, "motif": motif.pk, "ressource": ressource.pk}
    free = text(client.get(url("prendre"), asked | {"debut": taken.fin_at.isoformat()}))
    assert "est libre" in free
    busy = text(client.get(url("prendre"), asked | {"debut": taken.debut_at.isoformat()}))
    assert "n'est pas libre" in busy
    clicked = {"jour": taken.jour.isoformat(), "minute": "605"}
    assert "10 h 05" in text(client.get(url("prendre"), asked | clicked))


def test_france_titres_objects_and_the_agent_decides(
    client: Client, usager: Usager, service: Service, ressource: Ressource, lieu: Lieu, lundi: date,
    settings: object, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    passeport = make_motif(service, "Passeport", categorie_ants="PASSPORT")
    make_plage(ressource, lieu, passeport, jours=(lundi,))
    settings.ANTS_COORDINATION_URL = "https://ants.invalid/api"  # type: ignore[attr-defined]
    settings.ANTS_COORDINATION_JETON = "jeton"  # type: ignore[attr-defined]
    asked: list[str] = []

    def answer(methode: str, chemin: str, query: list[tuple[str, str]], **_: object) -> object:
        asked.append(dict(query)["meeting_point_id"])
        return {"TUNY4PB6X2": {"status": "expired", "appointments": []}}

    monkeypatch.setattr(coordination, "_call", answer)
    body = send(usager, passeport, creneau=valeur(lundi, 540, lieu), predemande_0="tuny4pb6x2")
    refused = client.post(url("prendre"), body)
    assert refused.status_code == 409
    assert "a expiré" in text(refused)
    assert "quand même" in text(refused)
    assert asked == [str(lieu.pk)]
    assert client.post(url("prendre"), body | {"quand_meme": "on"}).status_code == 302
    assert len(asked) == 1


def test_an_invitation_is_sent_once(client: Client, usager: Usager, motif: Motif, plage: PlageOuverture) -> None:
    body = send(usager, motif, inviter="oui")
    for _ in range(2):
        assert client.post(url("prendre"), body).status_code == 302
    sent = Envoi.objects.get()
    assert sent.destinataire == "samira@exemple.fr"
    assert "/rendez-vous/invitation/" in sent.corps_texte
    assert motif.libelle in sent.corps_texte
    assert Evenement.objects.filter(verbe="rendezvous.invite").count() == 1
    assert Interaction.objects.filter(usager=usager, sens="sortant").count() == 1


def test_doors(client: Client, ville: Collectivite, ccas: Service, usager: Usager, lieu: Lieu, lundi: date,
               ressource: Ressource) -> None:  # fmt: skip
    sealed = make_motif(ccas, "Aide sociale")
    make_plage(ressource, lieu, sealed, jours=(lundi,))
    answer = client.post(url("prendre"), send(usager, sealed, creneau=valeur(lundi, 540, lieu)))
    rdv = RendezVous.objects.get()
    assert answer["Location"].startswith(url("prendre"))  # booked for them, never shown again
    assert client.get(url("pris", rdv.pk)).status_code == 404
    client.force_login(make_agent(ville, "Paul Nguyen", roles=(Role.ADMINISTRATEUR,)))
    assert client.get(url("prendre")).status_code == 403


def test_motifs_are_found_as_one_types(client: Client, accueil: Agent, motif: Motif, ccas: Service) -> None:
    client.force_login(accueil)
    make_motif(ccas, "Aide sociale")
    found = client.post(
        url("prendre"), {"q_motif": "carte d'ide"}, headers={"HX-Request": "true", "HX-Trigger-Name": "q_motif"}
    )
    assert "Carte d'identité" in text(found)
    assert "Aide sociale" not in text(found)
    whole = text(client.get(url("prendre")))
    assert whole.index("État civil") < whole.index("Action sociale")  # one's own service first


def test_from_a_demande_its_usager_and_its_link_follow(
    client: Client, usager: Usager, plage: PlageOuverture, motif: Motif, lieu: Lieu, lundi: date, by: Acteur,
    ccas: Service,
) -> None:  # fmt: skip
    at = timezone.now()
    said = {"description": "", "canal": "guichet", "mode_reponse": "sur_place", "received_at": at, "by": by, "at": at}
    demande = open_demande(objet="Carte perdue", usager=usager, **said)
    page = text(client.get(url("prendre"), {"demande": demande.pk, "motif": motif.pk}))
    assert "pour Samira Ben Amar" in page
    assert f'value="{demande.pk}" selected' in page
    client.post(url("prendre"), send(usager, motif, demande=str(demande.pk), creneau=valeur(lundi, 540, lieu)))
    assert RendezVous.objects.get().demande_id == demande.pk
    Demande.objects.filter(pk=demande.pk).update(domaine="social")
    assert "Carte perdue" not in text(client.get(url("prendre"), {"demande": demande.pk, "motif": motif.pk}))
