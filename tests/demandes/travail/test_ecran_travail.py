"""The tab « Travail » and its pages through HTTP: gestures, refusals that lose nothing, rights, budgets."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.actions import receive_message
from demandes.models import Abonnement, Absence, Demande, Fusion, Lien, Message, Notification, SujetCommun, Tache
from demandes.travail.taches import add_tache
from tests.demandes.conftest import Ouvrir, acting, join
from tests.demandes.ecrans.conftest import count_queries, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def chef(ville: Collectivite, service: Service) -> Agent:
    return join(ville, "ines@aurelle.example", "Inès Carpentier", service, roles=(Role.SUPERVISEUR,))


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_the_tab_shows_everything_in_a_fixed_number_of_queries(
    poste: Client, demande: Demande, agent: Agent, collegue: Agent, chef: Agent, by: Acteur, at: datetime
) -> None:
    for number in range(6):
        add_tache(demande=demande, libelle=f"Tâche {number}", agent=collegue, due_on=date(2026, 11, 2), clef=uuid4(),
                  by=by, at=at)  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page = text(poste.get(url("travail", demande.pk)))
    assert "Tâche 5" in page
    assert "Yann Le Goff" in page
    assert count_queries(captured) <= 26


def test_a_task_from_writing_to_done(poste: Client, demande: Demande, collegue: Agent) -> None:
    form = {"libelle": "Appeler l'entreprise", "agent": collegue.pk, "due_on": "2026-12-01", "clef": uuid4()}
    for _ in range(2):
        poste.post(url("tache_ajouter", demande.pk), form)
    tache = Tache.objects.get()
    assert Notification.objects.get(agent=collegue).texte == "Claire Moreau vous confie une tâche."
    poste.post(url("tache_modifier", demande.pk, tache.pk), {"libelle": "Rappeler", "agent": "", "due_on": ""})
    poste.post(url("tache_faite", demande.pk, tache.pk), {"faite": "oui"})
    tache.refresh_from_db()
    assert (tache.libelle, tache.agent_id, tache.done_at is not None) == ("Rappeler", None, True)
    poste.post(url("tache_faite", demande.pk, tache.pk), {"faite": "non"})
    poste.post(url("tache_retirer", demande.pk, tache.pk))
    assert not Tache.objects.exists()


def test_tasks_change_places(poste: Client, demande: Demande) -> None:
    for name in ("un", "deux", "trois"):
        poste.post(url("tache_ajouter", demande.pk), {"libelle": name, "clef": uuid4()})
    third = Tache.objects.get(libelle="trois")
    poste.post(url("tache_deplacer", demande.pk, third.pk), {"sens": "haut"})
    poste.post(url("tache_deplacer", demande.pk, third.pk), {"sens": "bas"})
    poste.post(url("tache_deplacer", demande.pk, third.pk), {"sens": "haut"})
    assert list(Tache.objects.order_by("rang").values_list("libelle", flat=True)) == ["un", "trois", "deux"]


def test_a_task_refused_keeps_what_was_typed(poste: Client, demande: Demande) -> None:
    answer = poste.post(
        url("tache_ajouter", demande.pk), {"libelle": "Appeler", "due_on": "pas une date", "clef": uuid4()}
    )
    assert answer.status_code == 422
    assert "Cette date n&#x27;est pas lisible." in text(answer)
    assert 'value="Appeler"' in text(answer)


def test_my_tasks_are_mine_and_of_demandes_i_read(
    client_de: Callable[[Agent], Client], demande: Demande, ouvrir: Ouvrir, collegue: Agent, by: Acteur, at: datetime
) -> None:
    sealed = ouvrir(objet="Aide")
    for each, name in ((demande, "Poser la nacelle"), (sealed, "Secret social")):
        add_tache(demande=each, libelle=name, agent=collegue, due_on=None, clef=uuid4(), by=by, at=at)
    Demande.objects.filter(pk=sealed.pk).update(domaine="social")
    client = client_de(collegue)
    page = text(client.get(url("mes_taches")))
    assert "Poser la nacelle" in page
    assert "Secret social" not in page
    assert client.post(url("ma_tache_faite", Tache.objects.get(libelle="Secret social").pk)).status_code == 404
    client.post(url("ma_tache_faite", Tache.objects.get(libelle="Poser la nacelle").pk))
    assert Tache.objects.filter(done_at__isnull=False).count() == 1


def test_closing_with_tasks_left_warns(poste: Client, demande: Demande, by: Acteur, at: datetime) -> None:
    add_tache(demande=demande, libelle="Appeler", agent=None, due_on=None, clef=uuid4(), by=by, at=at)
    assert "Il reste 1 tâche à faire." in text(poste.get(url("fiche", demande.pk)))


def test_tying_by_number_and_untying(poste: Client, demande: Demande, ouvrir: Ouvrir) -> None:
    other = ouvrir(objet="Autre")
    answer = poste.post(url("lier", demande.pk), {"numero": "DEM-2026-9999", "genre": "lie"})
    assert (answer.status_code, "DEM-2026-9999" in text(answer)) == (422, True)
    poste.post(url("lier", demande.pk), {"numero": other.numero.lower(), "genre": "suite"})
    lien = Lien.objects.get()
    assert (lien.de_id, lien.vers_id, lien.genre) == (other.pk, demande.pk, "parent")
    assert "Suite de" in text(poste.get(url("travail", demande.pk)))
    assert poste.post(url("lier", other.pk), {"numero": demande.numero, "genre": "lie"}).status_code == 422
    assert poste.post(url("delier", ouvrir(objet="Tierce").pk, lien.pk)).status_code == 404
    poste.post(url("delier", demande.pk, lien.pk))
    assert not Lien.objects.exists()


def test_what_i_may_not_read_is_not_named(
    poste: Client, demande: Demande, ouvrir: Ouvrir, by: Acteur, at: datetime
) -> None:
    other = ouvrir(objet="Très secret")
    Lien.objects.create(de=demande, vers=other, genre="lie", at=at)
    Demande.objects.filter(pk=other.pk).update(domaine="social")
    page = text(poste.get(url("travail", demande.pk)))
    assert "une demande réservée" in page
    assert "Très secret" not in page
    assert poste.get(url("travail", other.pk)).status_code == 404


def test_likely_duplicates_are_proposed(poste: Client, demande: Demande, ouvrir: Ouvrir) -> None:
    twin = ouvrir(objet="Le lampadaire de la rue des Tanneurs")
    ouvrir(objet="Acte de naissance", type=None)
    page = text(poste.get(url("travail", demande.pk)))
    assert "Peut-être la même demande." in page
    assert twin.numero in page
    assert "Acte de naissance" not in page


def test_following_is_free_for_whoever_reads(poste: Client, demande: Demande, agent: Agent) -> None:
    for _ in range(2):
        poste.post(url("suivre", demande.pk), {"suivre": "oui"})
    assert Abonnement.objects.get().agent_id == agent.pk
    assert "Ne plus suivre" in text(poste.get(url("travail", demande.pk)))
    poste.post(url("suivre", demande.pk), {"suivre": "non"})
    assert not Abonnement.objects.exists()


def test_mentioning_from_the_list(poste: Client, demande: Demande, collegue: Agent) -> None:
    poste.post(url("mentionner", demande.pk), {"note": "Ton avis ?", "agents": [collegue.pk], "clef": uuid4()})
    assert Message.objects.get(sens="interne").texte == "Ton avis ?\n@Yann Le Goff"
    assert Notification.objects.get(agent=collegue).genre == "mention"
    assert "Yann Le Goff" in text(poste.get(url("mentions", demande.pk) + "?q=yan"))
    assert "Yann" not in text(poste.get(url("mentions", demande.pk) + "?q=zzz"))


def test_handing_up_and_giving_back(
    client_de: Callable[[Agent], Client], demande: Demande, agent: Agent, chef: Agent
) -> None:
    client = client_de(agent)
    client.post(url("prendre", demande.pk), {"version": 1})
    answer = client.post(url("escalader", demande.pk), {"vers": f"agent:{chef.pk}", "motif": " ", "version": 2})
    assert (answer.status_code, "Dites pourquoi" in text(answer)) == (422, True)
    client.post(
        url("escalader", demande.pk), {"vers": f"agent:{chef.pk}", "motif": "Travaux à arbitrer", "version": 2}
    )
    demande.refresh_from_db()
    assert (demande.agent_id, demande.niveau) == (chef.pk, 1)
    client = client_de(chef)
    assert "Travaux à arbitrer" in text(client.get(url("travail", demande.pk)))
    assert client.post(url("rendre", demande.pk), {"reponse": "Accordé.", "version": 1}).status_code == 409
    client.post(url("rendre", demande.pk), {"reponse": "Accordé.", "version": demande.version})
    demande.refresh_from_db()
    assert (demande.agent_id, demande.niveau) == (agent.pk, 0)
    assert "Accordé." in Message.objects.get(sens="interne").texte


def test_merging_is_seen_first_then_done_then_undone(poste: Client, demande: Demande, ouvrir: Ouvrir) -> None:
    other = ouvrir(objet="Encore la lumière")
    page = text(poste.get(url("fusionner", demande.pk) + f"?avec={other.numero}"))
    assert "Laquelle garder" in page
    form = {"avec": other.numero, "garder": demande.pk, f"version_{demande.pk}": 1, f"version_{other.pk}": 1}
    assert poste.post(url("fusionner", demande.pk), form | {f"version_{other.pk}": 7}).status_code == 409
    poste.post(url("fusionner", demande.pk), form)
    answer = poste.get(url("fiche", other.pk), follow=True)
    assert answer.redirect_chain == [(f"{url('fiche', demande.pk)}?fusionnee={other.pk}", 302)]
    assert f"{other.numero} a été fusionnée dans cette demande." in text(answer)
    assert "Son contenu est dans" in text(poste.get(url("fiche", other.pk) + "?voir=1"))
    assert "a été fusionnée" not in text(poste.get(url("fiche", demande.pk) + "?fusionnee=999"))
    poste.post(url("defusionner", demande.pk, Fusion.objects.get().pk))
    assert poste.get(url("fiche", other.pk)).status_code == 200


def test_merging_with_a_number_nobody_knows(poste: Client, demande: Demande) -> None:
    assert poste.get(url("fusionner", demande.pk) + "?avec=DEM-2026-9999").status_code == 422
    assert poste.get(url("fusionner", demande.pk)).status_code == 200


def test_detaching_a_message_and_taking_it_back(poste: Client, demande: Demande, agent: Agent, at: datetime) -> None:
    message = receive_message(demande=demande, canal="courriel", texte="Et mon acte ?", adresse="samira@exemple.fr",
                              by=acting(agent), at=at + timedelta(hours=1))  # fmt: skip
    page = url("detacher", demande.pk, message.pk)
    assert "Détacher" in text(poste.get(url("fiche", demande.pk)))
    assert "Et mon acte ?" in text(poste.get(page))
    assert poste.post(page, {"objet": " ", "version": 2}).status_code == 422
    assert poste.post(page, {"objet": "Acte", "version": 1}).status_code == 409
    poste.post(page, {"objet": "Acte", "version": 2})
    fresh = Demande.objects.get(objet="Acte")
    assert poste.get(page).status_code == 404
    poste.post(url("rattacher_message", fresh.pk, demande.pk))
    message.refresh_from_db()
    assert message.demande_id == demande.pk


def test_a_sujet_from_its_opening_to_the_answer(poste: Client, demande: Demande, ouvrir: Ouvrir) -> None:
    other = ouvrir(objet="Aussi dans le noir")
    form = {"titre": "Panne", "numeros": f"{demande.numero}, {other.numero}", "clef": uuid4()}
    refused = poste.post(url("sujet_nouveau"), form | {"numeros": "DEM-2026-9999"})
    assert (refused.status_code, SujetCommun.objects.count()) == (422, 0)
    poste.post(url("sujet_nouveau"), form)
    sujet = SujetCommun.objects.get()
    page = text(poste.get(url("sujet", sujet.pk)))
    assert other.numero in page
    assert "Répondre aux 2 demandes ouvertes" in page
    answer = poste.post(url("sujet_repondre", sujet.pk), {"texte": "", "clef": uuid4()})
    assert (answer.status_code, "Écrivez la réponse." in text(answer)) == (422, True)
    clef = uuid4()
    for _ in range(2):
        poste.post(url("sujet_repondre", sujet.pk), {"texte": "Mardi.", "issue": "", "clef": clef})
    assert "0 sur 2" in text(poste.get(url("sujet", sujet.pk)))
    poste.post(url("sujet_retirer", sujet.pk, other.pk))
    assert "Panne" in text(poste.get(url("sujets")))
    assert "Panne" in text(poste.get(url("travail", demande.pk)))


def test_absences_are_ones_own_unless_one_supervises(
    client_de: Callable[[Agent], Client], agent: Agent, collegue: Agent, chef: Agent
) -> None:
    today = timezone.localdate()
    form = {"debut_on": today, "fin_on": today + timedelta(days=5), "suppleant": collegue.pk, "agent": chef.pk}
    client = client_de(agent)
    client.post(url("absences"), form)
    absence = Absence.objects.get()
    assert (absence.agent_id, absence.suppleant_id) == (agent.pk, collegue.pk)
    answer = client.post(url("absences"), form)
    assert (answer.status_code, "a déjà une absence" in text(answer)) == (422, True)
    assert client.post(url("absences"), form | {"fin_on": today - timedelta(days=9)}).status_code == 422
    client = client_de(collegue)
    assert client.post(url("absence_retirer", absence.pk)).status_code == 403
    assert "Claire Moreau" not in text(client.get(url("absences"))).split("<main")[1].split("<form")[0]
    client = client_de(chef)
    assert "Claire Moreau" in text(client.get(url("absences")))
    client.post(url("absence_retirer", absence.pk))
    assert not Absence.objects.exists()


def test_giving_to_someone_away_says_who_gets_it(
    poste: Client, demande: Demande, agent: Agent, collegue: Agent, chef: Agent, service: Service
) -> None:
    today = timezone.localdate()
    Absence.objects.create(agent=collegue, debut_on=today, fin_on=today, suppleant=chef, created_at=timezone.now())
    form = {"service": service.pk, "agent": collegue.pk, "version": 1}
    page = text(poste.post(url("affecter", demande.pk), form, follow=True))
    assert "Yann Le Goff est en absence" in page
    assert "Inès Carpentier, qui assure la suppléance" in page
    demande.refresh_from_db()
    assert demande.agent_id == chef.pk
