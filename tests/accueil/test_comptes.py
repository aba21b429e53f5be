"""Account e-mails leave through the ledger; a stranger learns nothing."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from accueil.comptes import queue_account_mail
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import Role
from messagerie.models import Envoi

RESET = "account/email/password_reset_key"
LINK = {"password_reset_url": "http://pirate.example/connexion/mot-de-passe/oublie/abc-def/"}


def read_ledger(ville: Collectivite) -> list[Envoi]:
    with collectivite_active(ville.pk):
        return list(Envoi.objects.order_by("pk"))


def test_the_reset_link_leaves_by_the_ledger_of_the_agents_town(
    ville: Collectivite, claire: Agent, at: datetime, settings: object
) -> None:
    settings.URL_PUBLIQUE = "https://guichet.exemple.fr"
    queue_account_mail(template_prefix=RESET, email="Claire@Aurelle.exemple.fr", context=LINK, at=at)
    [envoi] = read_ledger(ville)
    assert (envoi.canal, envoi.destinataire, envoi.voie) == ("courriel", claire.email, Envoi.Voie.IMMEDIAT)
    assert "https://guichet.exemple.fr/connexion/mot-de-passe/oublie/abc-def/" in envoi.corps_texte
    assert "pirate" not in envoi.corps_texte, "the host of the request is never trusted"
    assert envoi.perime_at == at + timedelta(days=3)


def test_asked_twice_with_the_same_link_it_leaves_once(ville: Collectivite, claire: Agent, at: datetime) -> None:
    for _ in range(2):
        queue_account_mail(template_prefix=RESET, email=claire.email, context=LINK, at=at)
    assert len(read_ledger(ville)) == 1


def test_an_agent_of_two_towns_is_written_to_by_the_first(
    ville: Collectivite, autre_ville: Collectivite, claire: Agent, at: datetime
) -> None:
    Rattachement.objects.create(agent=claire, collectivite=autre_ville, roles=[Role.ACCUEIL])
    queue_account_mail(template_prefix=RESET, email=claire.email, context=LINK, at=at)
    assert (len(read_ledger(ville)), len(read_ledger(autre_ville))) == (1, 0)


def test_an_invitation_comes_from_the_town_that_invites(
    ville: Collectivite, autre_ville: Collectivite, claire: Agent, at: datetime
) -> None:
    Rattachement.objects.create(agent=claire, collectivite=autre_ville, roles=[Role.ACCUEIL])
    context = LINK | {"collectivite": autre_ville}
    queue_account_mail(template_prefix="account/email/invitation", email=claire.email, context=context, at=at)
    [envoi] = read_ledger(autre_ville)
    assert "Mairie de Valmont" in envoi.corps_texte


def test_an_unknown_address_gets_nothing(ville: Collectivite, claire: Agent, at: datetime) -> None:
    assert queue_account_mail(template_prefix=RESET, email="qui@exemple.fr", context=LINK, at=at) is None
    unknown = queue_account_mail(
        template_prefix="account/email/unknown_account", email=claire.email, context={}, at=at
    )
    assert unknown is None
    assert read_ledger(ville) == []


def test_an_agent_without_an_active_town_gets_nothing(ville: Collectivite, claire: Agent, at: datetime) -> None:
    Rattachement.objects.filter(agent=claire).update(is_active=False)
    assert queue_account_mail(template_prefix=RESET, email=claire.email, context=LINK, at=at) is None


def test_an_occasion_we_never_open_is_a_programming_error(claire: Agent, at: datetime) -> None:
    with pytest.raises(KeyError):
        queue_account_mail(template_prefix="account/email/login_code", email=claire.email, context={}, at=at)


def test_forgotten_password_from_the_page_to_the_new_one(client: Client, ville: Collectivite, claire: Agent) -> None:
    known = client.post("/connexion/mot-de-passe/oublie/", {"email": claire.email})
    unknown = client.post("/connexion/mot-de-passe/oublie/", {"email": "qui@exemple.fr"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    [envoi] = read_ledger(ville)
    link = re.search(r"https?://[^/\s]+(/\S+)", envoi.corps_texte)
    assert link is not None
    form = client.get(link[1], follow=True)
    chosen = {"password1": "un-mot-de-passe-long", "password2": "un-mot-de-passe-long"}
    client.post(form.redirect_chain[-1][0], chosen)
    assert client.login(email=claire.email, password="un-mot-de-passe-long")
