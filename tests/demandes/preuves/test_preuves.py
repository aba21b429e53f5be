"""The evidence pack: whole, true, sealed; and the screens of proofs and letters."""

from datetime import datetime
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.actions import add_note, reply
from demandes.actions.traitement import close
from demandes.lettres.impression import draw_lot
from demandes.models import AccuseReception, CourrierDepart, Demande, DossierPreuves, Lien, LotImpression, Notification
from demandes.preuves.actions import ask_dossier, draw_dossier
from journal.models import Consultation
from socle.depot import read_file
from tests.config.test_pdf import inflate
from tests.demandes.conftest import Ouvrir, join
from tests.demandes.ecrans.conftest import count_queries, url
from tests.demandes.lettres.conftest import Ecrire, dessiner, lire


@pytest.fixture
def suivie(ouvrir: Ouvrir, agent: Agent, by: Acteur, at: datetime) -> Demande:
    """Received, answered, noted, closed."""
    demande = ouvrir()
    reply(demande=demande, version=1, canal="courriel", texte="Réparé mardi.", clef=uuid4(), by=by, at=at, agent=agent)
    demande.refresh_from_db()
    add_note(demande=demande, texte="Vu avec le prestataire.", by=by, at=at, agent=agent)
    demande.refresh_from_db()
    return close(demande=demande, version=demande.version, issue="satisfaite", by=by, at=at)


def prepare(demande: Demande, agent: Agent, by: Acteur, at: datetime, *, internes: bool = False) -> DossierPreuves:
    dossier = ask_dossier(demande=demande, has_internes=internes, clef=uuid4(), agent=agent, by=by, at=at)
    assert draw_dossier(collectivite_id=demande.collectivite_id, dossier_id=dossier.pk, at=at)
    dossier.refresh_from_db()
    return dossier


def test_one_pdf_tells_everything(suivie: Demande, agent: Agent, by: Acteur, at: datetime) -> None:
    dossier = prepare(suivie, agent, by, at)
    drawn = read_file(dossier.document)
    for sign in (b"/StructTreeRoot", b"/Lang (fr)", b"pdfuaid:part"):
        assert sign in inflate(drawn), sign
    said = " ".join(lire(dossier.document).split()).replace("\u00a0", " ")
    accuse = AccuseReception.objects.get(demande=suivie)
    for words in (
        suivie.numero, "Sommaire", "Samira Ben Amar", "Demandeur", "Engagement du service", "Réparé mardi.",
        "samira@exemple.fr", "Accusé d'enregistrement électronique", accuse.empreinte[:40], "conforme",
        "Versions de la demande", "Satisfaite", "demande reçue par courriel", "Page 1 sur",
    ):  # fmt: skip
        assert words.replace(" ", "") in said.replace(" ", ""), words
    assert "prestataire" not in said  # an internal note stays inside unless asked
    assert (dossier.etat, dossier.faites, dossier.pages > 1) == ("pret", dossier.etapes, True)
    assert Notification.objects.get(agent=agent, genre="travail").demande_id == suivie.pk
    assert "prestataire" in lire(prepare(suivie, agent, by, at, internes=True).document)


def test_a_demande_sealed_apart_is_not_named(
    suivie: Demande, ouvrir: Ouvrir, agent: Agent, by: Acteur, at: datetime
) -> None:
    sealed, free = ouvrir(), ouvrir()
    Demande.objects.filter(pk=sealed.pk).update(domaine="social")
    for other in (sealed, free):
        Lien.objects.create(de=suivie, vers=other, genre="lie", at=at)
    said = lire(prepare(suivie, agent, by, at).document)
    assert free.numero in said
    assert sealed.numero not in said


def test_the_same_form_asks_once_and_drawing_twice_is_one_pack(
    suivie: Demande, agent: Agent, by: Acteur, at: datetime
) -> None:
    clef = uuid4()
    common = {"demande": suivie, "has_internes": False, "clef": clef, "agent": agent, "by": by, "at": at}
    pack, again = ask_dossier(**common), ask_dossier(**common)
    assert pack == again
    assert DossierPreuves.objects.count() == 1
    assert draw_dossier(collectivite_id=suivie.collectivite_id, dossier_id=pack.pk, at=at)
    assert not draw_dossier(collectivite_id=suivie.collectivite_id, dossier_id=pack.pk, at=at)


# ── Screens ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tab_shows_the_proofs_and_how_far_the_pack_is(poste: Client, suivie: Demande) -> None:
    with CaptureQueriesContext(connection) as captured:
        page = poste.get(url("preuves", suivie.pk)).content.decode()
    assert AccuseReception.objects.get(demande=suivie).empreinte in page
    assert count_queries(captured) <= 18
    asked = poste.post(url("dossier_demander", suivie.pk), {"clef": str(uuid4())})
    assert asked.status_code == 302
    assert "étape 0 sur 3" in poste.get(url("preuves", suivie.pk)).content.decode()
    assert "hx-trigger" in poste.get(url("dossiers", suivie.pk)).content.decode()


def test_the_tab_says_what_the_receipt_waits_for(poste: Client, ouvrir: Ouvrir) -> None:
    page = poste.get(url("preuves", ouvrir(type=None).pk)).content.decode()
    assert "accusé de réception n'est pas parti" in unescape(page)
    assert "Le type de la demande" in page


def test_a_pack_is_downloaded_by_who_may_read_and_the_reading_is_logged(
    poste: Client, suivie: Demande, agent: Agent, by: Acteur, at: datetime
) -> None:
    dossier = prepare(suivie, agent, by, at)
    answer = poste.get(url("dossier_pdf", suivie.pk, dossier.pk))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["Content-Disposition"] == f'attachment; filename="{suivie.numero}-preuves.pdf"'
    line = Consultation.objects.get(vue="export")
    assert (line.agent_id, line.usager_id, line.motif) == (agent.pk, suivie.usager_id, "dossier de preuves")
    Demande.objects.filter(pk=suivie.pk).update(domaine="social")
    for name, ids in (("dossier_pdf", [suivie.pk, dossier.pk]), ("preuves", [suivie.pk]), ("dossiers", [suivie.pk])):
        assert poste.get(url(name, *ids)).status_code == 404


def test_a_letter_is_written_seen_then_refused_with_its_text(poste: Client, demande: Demande) -> None:
    form = {
        "destinataire": "Madame Samira Ben Amar", "adresse": "8 rue des Tanneurs\n44999 Aurelle", "objet": "Réponse",
        "texte": "Votre demande est acceptée.", "clef": str(uuid4()), "version": demande.version, "suite": "",
    }  # fmt: skip
    page = poste.get(url("lettre", demande.pk)).content.decode()
    assert "8 rue des Tanneurs, 44999 Aurelle" in page
    seen = poste.post(url("lettre", demande.pk), form | {"geste": "apercu"}).content.decode()
    assert "44999 AURELLE" in seen
    assert not CourrierDepart.objects.exists()
    refused = poste.post(url("lettre", demande.pk), form | {"is_refus": "on"})
    assert refused.status_code == 422
    assert "Un refus dit ses motifs" in refused.content.decode()
    assert "Votre demande est acceptée." in refused.content.decode()
    for _ in range(2):  # sent twice, written once
        assert poste.post(url("lettre", demande.pk), form).status_code == 302
    assert CourrierDepart.objects.get().objet == "Réponse"


def test_the_reply_box_goes_on_with_the_letter_when_it_asks_more(
    poste: Client, demande: Demande, ouvrir: Ouvrir
) -> None:
    form = {"canal": "courrier", "texte": "Nous refusons.", "clef": str(uuid4()), "version": demande.version}
    page = poste.post(url("repondre", demande.pk), form | {"suite": "close:refusee"})
    assert page.status_code == 422
    assert "Motifs, en droit et en fait" in page.content.decode()
    assert "Nous refusons." in page.content.decode()
    homeless = ouvrir(canal="guichet", mode_reponse="sms")
    page = poste.post(url("repondre", homeless.pk), form | {"version": homeless.version})
    assert page.status_code == 422
    assert "Aucune adresse postale" in page.content.decode()
    assert poste.post(url("repondre", demande.pk), form).status_code == 302
    assert "lettre CD-" in poste.get(url("fiche", demande.pk)).content.decode()


def test_letters_are_printed_and_posted_from_their_page(
    poste: Client, ecrire: Ecrire, at: datetime, ville: Collectivite
) -> None:
    lettre = dessiner(ecrire(), at)
    assert lettre.chrono in poste.get(url("departs")).content.decode()
    nothing = poste.post(url("departs_geste"), {"geste": "imprimer", "clef": str(uuid4())})
    assert nothing.status_code == 422
    form = {"geste": "imprimer", "lettre": [lettre.pk], "clef": str(uuid4()), "vue": "a_imprimer"}
    assert poste.post(url("departs_geste"), form).status_code == 302
    lot = LotImpression.objects.get()
    assert "en préparation" in poste.get(url("lot_impression", lot.pk)).content.decode()
    assert poste.get(url("lot_impression_pdf", lot.pk)).status_code == 404
    draw_lot(collectivite_id=ville.pk, lot_id=lot.pk, at=at)
    assert "Marquer le lot posté" in poste.get(url("lot_impression", lot.pk)).content.decode()
    assert b"".join(poste.get(url("lot_impression_pdf", lot.pk)).streaming_content).startswith(b"%PDF")
    poste.post(url("departs_geste"), {"geste": "poster", "lettre": [lettre.pk], "vue": "imprime"})
    assert lettre.chrono in poste.get(url("departs") + "?vue=poste").content.decode()


def test_a_batch_with_a_sealed_letter_does_not_exist_for_others(
    poste: Client, client: Client, ecrire: Ecrire, demande: Demande, ville: Collectivite, ccas: Service, at: datetime
) -> None:
    lettre = dessiner(ecrire(), at)
    poste.post(url("departs_geste"), {"geste": "imprimer", "lettre": [lettre.pk], "clef": str(uuid4())})
    lot = LotImpression.objects.get()
    Demande.objects.filter(pk=demande.pk).update(domaine="social")
    assert lettre.chrono not in poste.get(url("departs")).content.decode()
    for name in ("lot_impression", "lot_impression_pdf"):
        assert poste.get(url(name, lot.pk)).status_code == 404
    assert poste.get(url("lettre_pdf", demande.pk, lettre.pk)).status_code == 404
    client.force_login(join(ville, "ccas@aurelle.example", "Inès Sealed", ccas, roles=(Role.INSTRUCTEUR,)))
    assert client.get(url("lot_impression", lot.pk)).status_code == 200
