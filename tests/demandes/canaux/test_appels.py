"""The telephone at a desk: counted by the server, noted in a demande with its length, called back when missed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from citoyens.models import Usager
from collectivites.models import Agent, Collectivite
from demandes.actions.appels import end_call, mark_called_back, note_call, settle_call, start_call
from demandes.actions.echange import TexteVide
from demandes.appels import OUBLI, live_calls, to_call_back
from demandes.models import Appel, Demande, Message


@pytest.fixture
def appel(agent: Agent, usager: Usager, maintenant: datetime) -> Appel:
    return start_call(agent=agent, at=maintenant - timedelta(seconds=252), usager=usager, numero="+33639981234")


@pytest.fixture
def poste(agent: Agent, ville: Collectivite) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def test_two_presses_are_one_call(agent: Agent, appel: Appel, maintenant: datetime) -> None:
    assert start_call(agent=agent, at=maintenant) == appel
    assert list(live_calls(agent.pk, at=maintenant)) == [appel]
    assert not live_calls(agent.pk, at=maintenant + OUBLI)


def test_a_note_ends_the_call_and_says_how_long_it_lasted(
    appel: Appel, demande: Demande, by: Any, maintenant: datetime
) -> None:
    message = note_call(appel=appel, demande=demande, texte="Viendra jeudi.", by=by, at=maintenant)
    assert message.texte.replace("\u00a0", " ") == "Viendra jeudi.\n\n(Appel de 4 min 12 s.)"
    assert (message.canal, message.sens) == ("telephone", "entrant")
    appel.refresh_from_db()
    assert (appel.etat, appel.demande, appel.fin_at) == ("termine", demande, maintenant)
    demande.refresh_from_db()
    assert not demande.is_unread


def test_an_empty_note_keeps_the_call(appel: Appel, demande: Demande, by: Any, maintenant: datetime) -> None:
    with pytest.raises(TexteVide):
        note_call(appel=appel, demande=demande, texte="  ", by=by, at=maintenant)
    appel.refresh_from_db()
    assert appel.etat == "en_ligne"


def test_a_demande_taken_from_a_call_keeps_its_length(
    appel: Appel, demande: Demande, agent: Agent, by: Any, maintenant: datetime
) -> None:
    settle_call(appel=appel, demande=demande, agent=agent, by=by, at=maintenant)
    note = Message.objects.get(demande=demande, sens="interne")
    assert "4\u00a0min\u00a012\u00a0s" in note.texte


def test_an_ended_call_keeps_its_end(appel: Appel, maintenant: datetime) -> None:
    end_call(appel=appel, at=maintenant)
    assert end_call(appel=appel, at=maintenant + timedelta(hours=1)).fin_at == maintenant


def test_a_missed_call_leaves_the_list_once_called_back(ville: Collectivite, by: Any, maintenant: datetime) -> None:
    missed = Appel.objects.create(etat="manque", numero="+33639981234", debut_at=maintenant, fin_at=maintenant)
    Appel.objects.create(etat="manque", numero="", debut_at=maintenant)  # hidden: nobody to call
    assert list(Appel.objects.filter(to_call_back())) == [missed]
    mark_called_back(appel=missed, by=by, at=maintenant)
    assert not Appel.objects.filter(to_call_back()).exists()


def test_the_screens_of_a_call(poste: Client, usager: Usager, demande: Demande, ville: Collectivite) -> None:
    town = f"/c/{ville.slug}/demandes"
    started = poste.post(f"{town}/appels/commencer/", {"usager": usager.pk, "numero": "06 39 98 12 34"})
    page = poste.get(started["Location"])
    assert page.status_code == 200
    assert "data-guichet-chrono" in page.content.decode()
    assert demande.numero in page.content.decode()
    shell = poste.get(f"{town}/appels/?vue=mes_appels").content.decode()
    assert 'id="bandeau-appel"' in shell
    assert "Samira Ben Amar" in poste.get(f"{town}/appels/bandeau/").content.decode()
    refused = poste.post(started["Location"], {"demande": demande.pk, "texte": ""})
    assert refused.status_code == 422
    noted = poste.post(started["Location"], {"demande": demande.pk, "texte": "Rappeler jeudi."})
    assert noted["Location"] == f"{town}/{demande.pk}/"
    assert 'id="bandeau-appel"' not in poste.get(f"{town}/appels/").content.decode()


def test_the_caller_is_searched_and_named_on_the_page_of_the_call(
    poste: Client, usager: Usager, agent: Agent, ville: Collectivite, maintenant: datetime
) -> None:
    page = f"/c/{ville.slug}/demandes/appels/{start_call(agent=agent, at=maintenant).pk}/"
    assert "Samira Ben Amar" in poste.get(f"{page}?q=ben amar").content.decode()
    assert "Personne ne correspond" in poste.get(f"{page}?q=zzzz").content.decode()
    poste.post(f"{page}personne/", {"usager": usager.pk})
    assert Appel.objects.get().usager == usager


def test_a_new_demande_from_a_call_ends_it(poste: Client, usager: Usager, ville: Collectivite) -> None:
    town = f"/c/{ville.slug}/demandes"
    pk = int(poste.post(f"{town}/appels/commencer/")["Location"].rstrip("/").rpartition("/")[2])
    page = poste.get(f"{town}/nouvelle/?canal=telephone&appel={pk}&usager={usager.pk}").content.decode()
    assert f'name="appel" value="{pk}"' in page
    form = {"usager": usager.pk, "objet": "Trottoir", "canal": "telephone", "appel": pk, "type": "",
            "mode_reponse": "", "received_at": page.split('name="received_at" value="')[1].split('"')[0],
            "clef": page.split('name="clef" value="')[1].split('"')[0]}  # fmt: skip
    assert poste.post(f"{town}/nouvelle/", form).status_code == 302
    appel = Appel.objects.get(pk=pk)
    assert (appel.etat, appel.usager) == ("termine", usager)
    assert appel.demande is not None


def test_the_sealed_demandes_of_a_caller_are_not_offered(
    poste: Client, agent: Agent, usager: Usager, ouvrir: Any, type_social: Any, ville: Collectivite, maintenant: Any
) -> None:
    sealed = ouvrir(type=type_social, objet="Aide")
    call = start_call(agent=agent, at=maintenant, usager=usager)
    page = poste.get(f"/c/{ville.slug}/demandes/appels/{call.pk}/").content.decode()
    assert sealed.numero not in page
