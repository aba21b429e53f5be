"""What a message becomes: a new demande, the rest of one, a machine's word, or a question for a human."""

from datetime import timedelta

import pytest
from django.conf import settings

from citoyens.actions import Contact, add_contact, create_usager
from citoyens.models import PointContact, Usager
from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Service
from demandes.actions import assign, close
from demandes.models import Demande, Entree, Message, PieceJointe
from demandes.reception import boucles
from messagerie.models import Envoi
from socle.depot import read_file
from socle.identifiants import sign_reference
from tests.demandes.reception.conftest import Ecrire, Recevoir, Ville, demande_de

Issue = Entree.Issue
SAMIRA = "Samira Ben Amar <samira.benamar@exemple.fr>"
AUTRE = "Paul Voisin <paul@exemple.fr>"


@pytest.fixture
def premiere(dans: Ville, recevoir: Recevoir, ecrire: Ecrire) -> Entree:
    return recevoir(dans, ecrire())


def accuses() -> int:
    return Envoi.objects.filter(clef__endswith=":accuse").count()


def test_a_first_message_opens_a_demande_and_creates_its_author(premiere: Entree, dans: Ville) -> None:
    demande = demande_de(premiere)
    assert (premiere.etat, premiere.issue) == (Entree.Etat.TRAITEE, Issue.NOUVELLE)
    assert (demande.objet, demande.canal) == ("Lampadaire éteint", "courriel")
    assert demande.received_at == premiere.received_at
    assert demande.usager is not None
    assert (demande.usager.prenoms, demande.usager.nom) == ("Samira", "Ben Amar")
    assert demande.usager.verification == Usager.Verification.DECLARATIF
    assert Envoi.objects.get().destinataire == "samira.benamar@exemple.fr"
    message = Message.objects.get(demande=demande, sens="entrant")
    assert (message.message_id, message.entree_id) == ("un@exemple.fr", premiere.pk)


def test_a_mailbox_of_a_service_gives_the_demande_to_it(dans: Ville, recevoir: Recevoir, ecrire: Ecrire) -> None:
    entree = recevoir(dans, ecrire(), boite_id=dans.voirie_id)
    demande = demande_de(entree)
    assert demande.service is not None
    assert demande.service.nom == "Voirie"


def test_files_are_kept_with_their_message(dans: Ville, recevoir: Recevoir, ecrire: Ecrire) -> None:
    pdf = "application/pdf"
    pieces = [("plan du quartier.pdf", pdf, b"%PDF-1.7 plan"), ("virus.pdf", pdf, b"MZ\x90")]
    entree = recevoir(dans, ecrire(pieces=pieces))
    plan, virus = PieceJointe.objects.filter(message__entree=entree).order_by("pk")
    assert (plan.nom, plan.type_mime, plan.octets) == ("plan du quartier.pdf", "application/pdf", 13)
    assert read_file(plan.fichier) == b"%PDF-1.7 plan"
    assert (virus.analyse, virus.type_mime) == ("bloquee", "application/octet-stream")
    assert "programme" in virus.raison
    assert read_file(virus.fichier) == b"MZ\x90"  # kept all the same
    assert (plan.analyse, plan.analysed_at) == ("non_analysee", None)


class TestFil:
    """Two proofs, and both are needed."""

    def test_the_author_answers_our_acknowledgement(
        self, premiere: Entree, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        accuse = Message.objects.get(sens="sortant")
        entetes = {"In-Reply-To": f"<{accuse.message_id}>"}
        reponse = ecrire(message_id="<deux@exemple.fr>", entetes=entetes, objet="Re: x")
        entree = recevoir(dans, reponse)
        assert (entree.issue, entree.demande_id) == (Issue.RATTACHEE, premiere.demande_id)
        assert Demande.objects.count() == 1
        assert accuses() == 1
        assert demande_de(entree).is_unread

    def test_the_signed_reference_of_the_subject_is_enough(
        self, premiere: Entree, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        reference = sign_reference(collectivite_id=dans.pk, numero=demande_de(premiere).numero)
        entree = recevoir(dans, ecrire(message_id="<deux@exemple.fr>", objet=f"RE: votre demande {reference.lower()}"))
        assert entree.issue == Issue.RATTACHEE

    def test_the_signed_reference_of_a_plus_address_is_enough(
        self, premiere: Entree, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        marque = sign_reference(collectivite_id=dans.pk, numero=demande_de(premiere).numero).strip("[]").lower()
        entree = recevoir(dans, ecrire(message_id="<deux@exemple.fr>", a=f"contact+{marque}@aurelle.example"))
        assert entree.issue == Issue.RATTACHEE

    def test_a_stranger_with_a_valid_reference_gets_a_demande_of_their_own(
        self, premiere: Entree, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        """freescout#2375: the reply of another person landed in the conversation."""
        numero = demande_de(premiere).numero
        objet = f"Re: {sign_reference(collectivite_id=dans.pk, numero=numero)}"
        entetes = {"In-Reply-To": "<un@exemple.fr>"}
        entree = recevoir(dans, ecrire(de=AUTRE, message_id="<deux@exemple.fr>", objet=objet, entetes=entetes))
        assert entree.issue == Issue.NOUVELLE
        assert entree.demande_id != premiere.demande_id
        note = Message.objects.get(demande_id=entree.demande_id, sens="interne")
        assert numero in note.texte
        assert Message.objects.filter(demande_id=premiere.demande_id, sens="entrant").count() == 1

    def test_a_forged_signature_opens_nothing(
        self, premiere: Entree, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        objet = f"Re: [{demande_de(premiere).numero}-0123456789ab]"
        entree = recevoir(dans, ecrire(message_id="<deux@exemple.fr>", objet=objet))
        assert entree.issue == Issue.NOUVELLE

    def test_the_reference_of_another_town_opens_nothing(
        self, premiere: Entree, dans: Ville, valmont: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        objet = f"Re: {sign_reference(collectivite_id=dans.pk, numero=demande_de(premiere).numero)}"
        entree = recevoir(valmont, ecrire(message_id="<deux@exemple.fr>", objet=objet, a=valmont.boite))
        assert entree.issue == Issue.NOUVELLE
        with collectivite_active(valmont.pk):
            assert Demande.objects.get().pk == entree.demande_id

    def test_another_address_of_the_same_usager_is_known(
        self, premiere: Entree, dans: Ville, recevoir: Recevoir, ecrire: Ecrire, at: object
    ) -> None:
        demande = demande_de(premiere)
        assert demande.usager is not None
        add_contact(usager=demande.usager, contact=Contact("courriel", "sba@travail.example"), by=AUTOMATE, at=at)
        entree = recevoir(
            dans, ecrire(de="sba@travail.example", message_id="<d@x.fr>", entetes={"In-Reply-To": "<un@exemple.fr>"})
        )
        assert entree.issue == Issue.RATTACHEE

    def test_an_answer_to_a_demande_closed_long_ago_opens_a_new_one(
        self, premiere: Entree, dans: Ville, recevoir: Recevoir, ecrire: Ecrire, at: object
    ) -> None:
        demande = demande_de(premiere)
        close(demande=demande, version=demande.version, issue="satisfaite", by=AUTOMATE, at=at)
        reponse = ecrire(message_id="<d@exemple.fr>", entetes={"In-Reply-To": "<un@exemple.fr>"})
        entree = recevoir(dans, reponse, apres=timedelta(days=40))
        assert entree.issue == Issue.NOUVELLE
        assert demande.numero in Message.objects.get(demande_id=entree.demande_id, sens="interne").texte

    def test_an_answer_to_a_sealed_demande_closed_long_ago_stays_sealed(
        self, premiere: Entree, dans: Ville, recevoir: Recevoir, ecrire: Ecrire, at: object
    ) -> None:
        """It quotes the conversation: opened under the general domain, everyone would read it."""
        ccas = Service.objects.create(nom="CCAS", domaine="social")
        demande = demande_de(premiere)
        assign(demande=demande, version=demande.version, service=ccas, agent=None, by=AUTOMATE, at=at)
        demande.refresh_from_db()
        close(demande=demande, version=demande.version, issue="satisfaite", by=AUTOMATE, at=at)
        reponse = ecrire(message_id="<s@exemple.fr>", entetes={"In-Reply-To": "<un@exemple.fr>"})
        entree = recevoir(dans, reponse, apres=timedelta(days=40))
        assert entree.issue == Issue.NOUVELLE
        assert demande_de(entree).domaine == "social"


class TestExpediteur:
    def test_a_shared_address_without_a_telling_name_names_nobody(
        self, dans: Ville, recevoir: Recevoir, ecrire: Ecrire, at: object
    ) -> None:
        """rdv-service-public#5481: one e-mail is not one person."""
        for prenoms in ("Samira", "Karim"):
            contacts = [Contact("courriel", "famille@exemple.fr")]
            create_usager(nature="personne", nom="Ben Amar", prenoms=prenoms, contacts=contacts, by=AUTOMATE, at=at)
        entree = recevoir(dans, ecrire(de="famille@exemple.fr"))
        assert demande_de(entree).usager is None
        nommee = recevoir(dans, ecrire(de="Karim Ben Amar <famille@exemple.fr>", message_id="<b@exemple.fr>"))
        usager = demande_de(nommee).usager
        assert usager is not None
        assert usager.prenoms == "Karim"

    def test_a_known_sender_is_not_created_again(
        self, premiere: Entree, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        autre = ecrire(de="SAMIRA.BENAMAR@exemple.fr", message_id="<deux@exemple.fr>", objet="Autre sujet")
        entree = recevoir(dans, autre)
        assert entree.issue == Issue.NOUVELLE
        assert entree.usager_id == premiere.usager_id

    def test_one_message_creates_one_person_at_most(self, dans: Ville, recevoir: Recevoir, ecrire: Ecrire) -> None:
        copies = ", ".join(f"p{rang}@exemple.fr" for rang in range(50))
        recevoir(dans, ecrire(entetes={"Cc": copies, "Reply-To": "autre@exemple.fr"}))
        assert Usager.objects.count() == 1


class TestBoucles:
    """Never two machines that answer each other."""

    @pytest.mark.parametrize(
        "entetes",
        [
            {"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List-Id": "<infos.exemple.fr>"},
            {"X-Auto-Response-Suppress": "All"}, {"Return-Path": "<>"}, {"X-Loop": "oui"},
        ],
    )  # fmt: skip
    def test_a_machine_is_never_acknowledged_and_waits_for_a_human(
        self, dans: Ville, recevoir: Recevoir, ecrire: Ecrire, entetes: dict[str, str]
    ) -> None:
        entree = recevoir(dans, ecrire(entetes=entetes))
        assert (entree.etat, entree.issue) == (Entree.Etat.QUARANTAINE, Issue.AUTOMATIQUE)
        assert Envoi.objects.count() == 0

    def test_an_out_of_office_joins_its_demande_without_waking_it(
        self, premiere: Entree, dans: Ville, recevoir: Recevoir, ecrire: Ecrire, at: object
    ) -> None:
        demande = demande_de(premiere)
        close(demande=demande, version=demande.version, issue="satisfaite", by=AUTOMATE, at=at)
        Demande.objects.update(is_unread=False)
        entetes = {"Auto-Submitted": "auto-replied", "In-Reply-To": "<un@exemple.fr>"}
        entree = recevoir(dans, ecrire(message_id="<abs@exemple.fr>", objet="Absence", entetes=entetes))
        demande.refresh_from_db()
        assert (entree.issue, entree.demande_id) == (Issue.AUTOMATIQUE, demande.pk)
        assert (demande.etat, demande.is_unread) == ("close", False)
        assert accuses() == 1

    @pytest.mark.parametrize("de", ["MAILER-DAEMON@exemple.fr", "no-reply@exemple.fr", "postmaster@exemple.fr"])
    def test_daemons_are_not_acknowledged(self, dans: Ville, recevoir: Recevoir, ecrire: Ecrire, de: str) -> None:
        recevoir(dans, ecrire(de=de))
        assert Envoi.objects.count() == 0

    def test_our_own_address_gets_no_acknowledgement_and_is_no_usager(
        self, dans: Ville, valmont: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        for rang, de in enumerate((dans.boite, valmont.boite)):
            entree = recevoir(dans, ecrire(de=f"Mairie <{de}>", message_id=f"<{rang}@exemple.fr>"))
            assert (entree.issue, entree.usager_id) == (Issue.NOUVELLE, None)
        assert (Envoi.objects.count(), Usager.objects.count()) == (0, 0)

    def test_a_message_id_of_our_domain_gets_no_acknowledgement(
        self, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        recevoir(dans, ecrire(message_id=f"<x@{settings.DOMAINE_COURRIEL}>"))
        assert Envoi.objects.count() == 0

    def test_our_own_message_that_comes_home_is_not_a_demande(
        self, premiere: Entree, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        accuse = Message.objects.get(sens="sortant")
        entree = recevoir(dans, ecrire(message_id=f"<{accuse.message_id}>", de=dans.boite))
        assert (entree.issue, entree.etat, entree.demande_id) == (Issue.AUTOMATIQUE, Entree.Etat.TRAITEE, None)
        assert Demande.objects.count() == 1

    def test_one_acknowledgement_an_hour_for_one_address(
        self, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        for minutes in (0, 10, 20, 59):
            recevoir(dans, ecrire(message_id=f"<{minutes}@exemple.fr>"), apres=timedelta(minutes=minutes))
        assert (accuses(), Demande.objects.count()) == (1, 4)
        recevoir(dans, ecrire(message_id="<tard@exemple.fr>"), apres=timedelta(minutes=121))
        assert accuses() == 2

    def test_a_flood_waits_for_a_human(
        self, dans: Ville, recevoir: Recevoir, ecrire: Ecrire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(boucles, "MESSAGES_PAR_HEURE", 5)
        entrees = [recevoir(dans, ecrire(message_id=f"<{rang}@exemple.fr>")) for rang in range(8)]
        assert [entree.issue for entree in entrees] == [Issue.NOUVELLE] * 5 + [Issue.QUARANTAINE] * 3
        assert recevoir(dans, ecrire(de=AUTRE, message_id="<p@exemple.fr>")).issue == Issue.NOUVELLE

    def test_two_guichets_stop_after_one_acknowledgement_each(
        self, dans: Ville, valmont: Ville, recevoir: Recevoir, ecrire: Ecrire, settings: object
    ) -> None:
        """Each installation has its own domain: neither knows that the other is a Guichet."""
        settings.DOMAINE_COURRIEL = "aurelle.guichet.example"  # type: ignore[attr-defined]
        first = ecrire(de="Agglo <agglo@autre.example>", message_id="<1@autre.example>")
        entree = recevoir(dans, first)
        accuse = Envoi.objects.get()
        assert accuse.entetes["Auto-Submitted"] == "auto-replied"
        # What the other Guichet sees is automatic; should it answer all the same, its answer is automatic too.
        reponse = ecrire(
            de="Agglo <agglo@autre.example>", message_id="<2@autre.example>", objet=accuse.objet,
            entetes={"In-Reply-To": accuse.entetes["Message-ID"], "Auto-Submitted": "auto-replied"},
        )  # fmt: skip
        assert recevoir(dans, reponse).issue == Issue.AUTOMATIQUE
        assert (Envoi.objects.count(), Demande.objects.count()) == (1, 1)
        assert entree.issue == Issue.NOUVELLE


class TestRebonds:
    def _rebond(
        self,
        identifiant: str,
        *,
        code: str = "5.1.1",
        destinataire: str = "",
        dit: str = "User unknown",
        action: str = "failed",
    ) -> bytes:
        vers = destinataire or "samira.benamar@exemple.fr"
        return (
            "Return-Path: <>\nFrom: MAILER-DAEMON@mx.exemple.fr\nTo: contact@aurelle.example\n"
            f"Subject: Undelivered Mail Returned to Sender\nMessage-ID: <r{code}{identifiant}@mx.exemple.fr>\n"
            'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
            f"--b\nContent-Type: text/plain\n\n{dit}\n\n--b\nContent-Type: message/delivery-status\n\n"
            f"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; {vers}\nAction: {action}\nStatus: {code}\n"
            f"Diagnostic-Code: smtp; 550 {code} {dit}\n\n--b\nContent-Type: text/rfc822-headers\n\n"
            f"Message-ID: <{identifiant}>\nSubject: x\n\n--b--\n"
        ).encode()

    @pytest.fixture
    def parti(self, premiere: Entree) -> Envoi:
        envoi = Envoi.objects.get()
        Envoi.objects.update(etat="envoye", fournisseur="smtp", sent_at=premiere.received_at)
        return envoi

    def test_a_bounce_settles_what_we_sent_and_marks_the_contact(
        self, parti: Envoi, dans: Ville, recevoir: Recevoir, ecrire: Ecrire, premiere: Entree
    ) -> None:
        identifiant = parti.entetes["Message-ID"].strip("<>")
        entree = recevoir(dans, self._rebond(identifiant))
        parti.refresh_from_db()
        assert (entree.issue, entree.demande_id) == (Issue.REBOND, premiere.demande_id)
        assert parti.etat == "rejete"
        assert PointContact.objects.get(normalisee="samira.benamar@exemple.fr").failing_since is not None
        assert (Demande.objects.count(), accuses()) == (1, 1)

    def test_a_bounce_without_our_message_id_is_matched_by_its_recipient(
        self, parti: Envoi, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        recevoir(dans, self._rebond("inconnu@ailleurs.example"))
        parti.refresh_from_db()
        assert parti.etat == "rejete"

    def test_a_full_mailbox_does_not_condemn_the_address(
        self, parti: Envoi, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        recevoir(dans, self._rebond(parti.entetes["Message-ID"].strip("<>"), code="5.2.2", dit="Mailbox full"))
        parti.refresh_from_db()
        assert parti.etat == "rejete"
        assert PointContact.objects.get().failing_since is None

    def test_a_notice_of_delay_is_not_the_end(
        self, parti: Envoi, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        identifiant = parti.entetes["Message-ID"].strip("<>")
        notice = self._rebond(identifiant, code="4.4.1", dit="Connection timed out", action="delayed")
        entree = recevoir(dans, notice)
        parti.refresh_from_db()
        assert (entree.issue, parti.etat) == (Issue.REBOND, "envoye")

    def test_a_forged_bounce_changes_nothing(
        self, parti: Envoi, dans: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        entree = recevoir(dans, self._rebond("x@y.example", destinataire="autre@exemple.fr"))
        parti.refresh_from_db()
        assert (entree.issue, parti.etat) == (Issue.REBOND, "envoye")

    def test_the_bounce_of_another_town_changes_nothing_here(
        self, parti: Envoi, dans: Ville, valmont: Ville, recevoir: Recevoir, ecrire: Ecrire
    ) -> None:
        recevoir(valmont, self._rebond(parti.entetes["Message-ID"].strip("<>")))
        parti.refresh_from_db()
        assert parti.etat == "envoye"
