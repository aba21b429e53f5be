"""« Quarantaine » and « Boîtes aux lettres » on the screen."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Rattachement, Service
from collectivites.permissions import Role
from demandes.boites import save_boite
from demandes.models import Boite, Demande, Entree, Message, PieceJointe
from demandes.reception import releve
from demandes.reception.quarantaine import DejaRangee, dismiss_entree, open_from_entree
from journal.models import Consultation, Evenement
from messagerie.chiffrement import decrypt
from tests.demandes.reception.conftest import Ecrire, Recevoir, Ville

Connecter = Callable[..., Client]
ABSENCE = {"Auto-Submitted": "auto-replied"}


@pytest.fixture(autouse=True)
def _cinq_minutes_apres(at: datetime) -> Iterator[None]:
    with time_machine.travel(at + timedelta(minutes=5), tick=True):
        yield


@pytest.fixture
def connecter() -> Connecter:
    def entrer(ville: Ville, *roles: Role) -> Client:
        agent = Agent.objects.create_user(f"{roles[0]}@{ville.slug}.example", prenom="Claire", nom="Moreau")
        Rattachement.objects.create(agent=agent, collectivite_id=ville.pk, roles=list(roles))
        client = Client()
        client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return entrer


@pytest.fixture
def accueil(aurelle: Ville, connecter: Connecter) -> Client:
    return connecter(aurelle, Role.ACCUEIL)


@pytest.fixture
def admin(aurelle: Ville, connecter: Connecter) -> Client:
    return connecter(aurelle, Role.ADMINISTRATEUR)


@pytest.fixture
def mise_a_part(aurelle: Ville, recevoir: Recevoir, ecrire: Ecrire) -> Entree:
    pieces = [("plan.pdf", "application/pdf", b"%PDF-1.7")]
    return recevoir(aurelle, ecrire(entetes=ABSENCE, objet="Absence <b>x</b>", pieces=pieces))


def url(nom: str, *args: object) -> str:
    return reverse(f"demandes:{nom}", args=["aurelle", *args])


def read_body(reponse: Any) -> bytes:
    """Read a response to its end and close its file (`close()` would also close the connection of the test)."""
    corps = b"".join(reponse) if reponse.streaming else reponse.content
    for close in reponse._resource_closers:
        close()
    return corps


def dans(ville: Ville, lire: Callable[[], object]) -> object:
    with collectivite_active(ville.pk):
        return lire()


class TestQuarantaine:
    def test_the_list_says_why_each_message_waits(self, accueil: Client, mise_a_part: Entree) -> None:
        page = accueil.get(url("quarantaine")).content.decode()
        assert "Absence &lt;b&gt;x&lt;/b&gt;" in page
        assert "Message automatique sans demande connue" in page

    def test_reading_one_is_logged(self, accueil: Client, aurelle: Ville, mise_a_part: Entree) -> None:
        for route in ("quarantaine_entree", "quarantaine_origine"):
            reponse = accueil.get(url(route, mise_a_part.pk))
            assert reponse.status_code == 200
            read_body(reponse)
        assert dans(aurelle, lambda: Consultation.objects.filter(vue="message_brut").count()) == 2

    def test_the_message_is_downloaded_as_received_and_never_shown(self, accueil: Client, mise_a_part: Entree) -> None:
        reponse = accueil.get(url("quarantaine_origine", mise_a_part.pk))
        assert reponse["Content-Disposition"].startswith("attachment")
        assert b"Auto-Submitted: auto-replied" in read_body(reponse)

    def test_html_is_sanitised_and_alone_in_its_page(
        self, accueil: Client, aurelle: Ville, recevoir: Recevoir
    ) -> None:
        entetes = b"From: MAILER@x.fr\nAuto-Submitted: auto-replied\nContent-Type: text/html\n\n"
        brut = entetes + b"<p>Oui</p><script>alert(1)</script>"
        entree = recevoir(aurelle, brut)
        reponse = accueil.get(url("quarantaine_mise_en_page", entree.pk))
        assert "<p>Oui</p>" in reponse.content.decode()
        assert "<script" not in reponse.content.decode()
        assert "sandbox" in reponse["Content-Security-Policy"]

    def test_it_becomes_a_demande_with_its_files(self, accueil: Client, aurelle: Ville, mise_a_part: Entree) -> None:
        assert accueil.post(url("quarantaine_ouvrir", mise_a_part.pk)).status_code == 302
        with collectivite_active(aurelle.pk):
            demande = Demande.objects.get()
            assert PieceJointe.objects.get().message.demande_id == demande.pk
            assert Entree.objects.get().demande_id == demande.pk
            assert Evenement.objects.get(verbe="entree.qualifiee").acteur_libelle == "Claire Moreau"
        assert accueil.post(url("quarantaine_ouvrir", mise_a_part.pk)).status_code == 409
        assert dans(aurelle, Demande.objects.count) == 1

    def test_it_joins_the_demande_whose_number_was_typed(
        self, accueil: Client, aurelle: Ville, mise_a_part: Entree, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        recevoir(aurelle, ecrire(message_id="<autre@exemple.fr>", de="autre@exemple.fr"))
        numero = dans(aurelle, lambda: Demande.objects.get().numero)
        refus = accueil.post(url("quarantaine_rattacher", mise_a_part.pk), {"numero": "DEM-2026-9999"})
        assert (refus.status_code, "DEM-2026-9999" in refus.content.decode()) == (422, True)
        accord = accueil.post(url("quarantaine_rattacher", mise_a_part.pk), {"numero": f" {str(numero).lower()} "})
        assert accord.status_code == 302
        assert dans(aurelle, lambda: Message.objects.filter(sens="entrant", demande__numero=numero).count()) == 2

    def test_it_is_put_aside_and_taken_back(self, accueil: Client, aurelle: Ville, mise_a_part: Entree) -> None:
        page = accueil.post(url("quarantaine_ecarter", mise_a_part.pk), follow=True).content.decode()
        assert url("quarantaine_reprendre", mise_a_part.pk) in page
        assert dans(aurelle, lambda: Entree.objects.get().etat) == "ecartee"
        accueil.post(url("quarantaine_reprendre", mise_a_part.pk))
        assert dans(aurelle, lambda: Entree.objects.get().etat) == "quarantaine"

    @pytest.mark.parametrize("geste", ["ouvrir", "rattacher", "ecarter", "reprendre"])
    def test_no_gesture_shows_a_message_that_became_a_demande(
        self, accueil: Client, aurelle: Ville, recevoir: Recevoir, ecrire: Ecrire, geste: str
    ) -> None:
        entree = recevoir(aurelle, ecrire(objet="Besoin urgent", texte="Je ne mange plus."))
        dans(aurelle, lambda: Demande.objects.update(domaine="social"))
        reponse = accueil.post(url(f"quarantaine_{geste}", entree.pk), {"numero": "DEM-2026-9999"})
        assert reponse.status_code == 409
        page = reponse.content.decode()
        assert "Besoin urgent" not in page
        assert "Je ne mange plus" not in page

    def test_what_was_read_by_the_machine_is_not_a_backdoor_to_demandes(
        self, accueil: Client, aurelle: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        entree = recevoir(aurelle, ecrire())
        for route in ("quarantaine_entree", "quarantaine_origine", "quarantaine_mise_en_page"):
            assert accueil.get(url(route, entree.pk)).status_code == 404

    def test_the_mailbox_of_a_sealed_service_is_for_its_agents(
        self, accueil: Client, aurelle: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        with collectivite_active(aurelle.pk):
            ccas = Service.objects.create(nom="Action sociale", domaine="social")
            boite = Boite.objects.create(adresse="ccas@aurelle.example", service=ccas)
        entree = recevoir(aurelle, ecrire(entetes=ABSENCE, objet="Secret"), boite_id=boite.pk)
        assert "Secret" not in accueil.get(url("quarantaine")).content.decode()
        assert accueil.get(url("quarantaine_entree", entree.pk)).status_code == 404

    def test_another_town_does_not_exist(self, valmont: Ville, connecter: Connecter, mise_a_part: Entree) -> None:
        voisin = connecter(valmont, Role.ACCUEIL)
        ici = reverse("demandes:quarantaine_entree", args=["valmont", mise_a_part.pk])
        assert voisin.get(ici).status_code == 404

    def test_the_administrator_of_settings_does_not_read_mail(self, admin: Client, mise_a_part: Entree) -> None:
        assert admin.get(url("quarantaine")).status_code == 403

    def test_two_agents_at_once_one_is_told(self, aurelle: Ville, mise_a_part: Entree, at: datetime) -> None:
        with collectivite_active(aurelle.pk):
            open_from_entree(entree=mise_a_part, by=AUTOMATE, at=at)
            with pytest.raises(DejaRangee):
                dismiss_entree(entree=mise_a_part, by=AUTOMATE, at=at)


class TestBoites:
    CHAMPS = {"adresse": "Etat-Civil@aurelle.example", "is_active": "on", "imap_securite": "tls"}

    def test_a_mailbox_is_created_in_lower_case(self, admin: Client, aurelle: Ville) -> None:
        assert admin.post(url("boite_nouvelle"), self.CHAMPS).status_code == 302
        assert dans(aurelle, lambda: Boite.objects.filter(adresse="etat-civil@aurelle.example").exists())
        assert "etat-civil@aurelle.example" in admin.get(url("boites")).content.decode()

    def test_an_address_taken_elsewhere_is_refused_without_saying_where(
        self, admin: Client, aurelle: Ville, valmont: Ville
    ) -> None:
        reponse = admin.post(url("boite_nouvelle"), self.CHAMPS | {"adresse": valmont.boite})
        page = reponse.content.decode()
        assert reponse.status_code == 422
        assert "déjà celle d&#x27;une boîte" in page
        assert "Valmont" not in page

    def test_the_password_is_encrypted_and_never_shown(self, admin: Client, aurelle: Ville) -> None:
        champs = self.CHAMPS | {"imap_hote": "imap.exemple.fr", "imap_port": "993"}
        assert admin.post(url("boite_nouvelle"), champs).status_code == 422
        assert admin.post(url("boite_nouvelle"), champs | {"secret": "motdepasse-imap"}).status_code == 302
        boite = dans(aurelle, lambda: Boite.objects.get(imap_hote="imap.exemple.fr"))
        assert isinstance(boite, Boite)
        assert b"motdepasse" not in bytes(boite.imap_secret)
        page = admin.get(url("boite", boite.pk)).content.decode()
        assert "motdepasse-imap" not in page
        admin.post(url("boite", boite.pk), champs | {"nom_affiche": "État civil"})
        boite = dans(aurelle, lambda: Boite.objects.get(pk=boite.pk))
        assert isinstance(boite, Boite)
        assert (decrypt(boite.imap_secret), boite.nom_affiche) == ({"secret": "motdepasse-imap"}, "État civil")

    def test_the_last_error_is_shown(self, admin: Client, aurelle: Ville) -> None:
        with collectivite_active(aurelle.pk):
            Boite.objects.filter(pk=aurelle.boite_id).update(imap_hote="x", imap_erreur="Le serveur refuse ce compte.")
        assert "Le serveur refuse ce compte." in admin.get(url("boites")).content.decode()

    def test_a_trial_answers_on_the_screen(
        self, admin: Client, aurelle: Ville, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with collectivite_active(aurelle.pk):
            boite = Boite.objects.get(pk=aurelle.boite_id)
            boite.imap_hote, boite.imap_port, boite.imap_securite = "127.0.0.1", 1, "aucune"
            save_boite(boite=boite, secret="x", by=AUTOMATE, at=at)
        cache.clear()
        assert admin.post(url("boite_essayer", boite.pk)).status_code == 302
        assert "Essai en cours" in admin.get(url("boite_essai", boite.pk)).content.decode()
        releve.try_boite(collectivite_id=aurelle.pk, boite_id=boite.pk)
        assert "refuse la connexion" in admin.get(url("boite_essai", boite.pk)).content.decode()
        assert "ne tourne pas" not in admin.get(url("boite_essai", boite.pk)).content.decode()
        cache.clear()
        assert "ne tourne pas" in admin.get(url("boite_essai", boite.pk) + "?tour=99").content.decode()

    def test_agents_without_the_right_are_refused(self, accueil: Client, aurelle: Ville) -> None:
        for route in ("boites", "boite_nouvelle"):
            assert accueil.get(url(route)).status_code == 403
        assert accueil.get(url("boite", aurelle.boite_id)).status_code == 403
