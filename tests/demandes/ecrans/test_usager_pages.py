"""The usager's pages through HTTP: nobody signed in, plain words, one effect, nothing told to strangers."""

from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from collectivites.acteur import Acteur
from demandes.actions import add_note, close, reply
from demandes.concours import jetons
from demandes.concours.avis import DemandeAvis, ask_avis
from demandes.concours.complements import Question, ask_complements, cancel_complements
from demandes.models import (
    Avis,
    Demande,
    DemandeComplement,
    Entree,
    Message,
    PieceJointe,
    Satisfaction,
    VersionFormulaire,
)
from demandes.suivi.clefs import sign_passe
from socle.depot import store_bytes

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
SCHEMA = {
    "champs": [{"code": "etage", "libelle": "Étage", "genre": "nombre", "obligatoire": True, "min": 0, "max": 60}],
    "pieces": [{"code": "domicile", "libelle": "Justificatif de domicile", "obligatoire": True, "indispensable": True,
                "texte": "code électoral, art. L11"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def propre(settings: Any, tmp_path: Path) -> None:
    settings.DEPOT = tmp_path
    cache.clear()


@pytest.fixture
def visiteur() -> Client:
    return Client()


def url(page: str, *args: object) -> str:
    from django.urls import reverse  # noqa: PLC0415

    return reverse(f"usager:{page}", args=["aurelle", *args])


def text(answer: Any) -> str:
    return unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


# ── Tracking ──


def test_a_wrong_code_and_a_wrong_name_get_the_same_page(visiteur: Client, demande: Demande) -> None:
    answers = [
        visiteur.post(url("suivi"), {"code": code, "qui": qui})
        for code, qui in ((demande.code_suivi, "Durand"), ("AAAA-BBBB", "Ben Amar"))
    ]
    assert [each.status_code for each in answers] == [422, 422]
    told = ["Aucune demande ne correspond à ce code et à ce nom" in text(each) for each in answers]
    assert told == [True, True]
    lengths = {len(each.content) for each in answers}
    assert max(lengths) - min(lengths) < 20  # what was typed, and the token of the form


def test_after_ten_tries_a_code_answers_nobody(visiteur: Client, demande: Demande) -> None:
    for _ in range(10):
        assert visiteur.post(url("suivi"), {"code": demande.code_suivi, "qui": "Durand"}).status_code == 422
    answer = visiteur.post(url("suivi"), {"code": demande.code_suivi, "qui": "Ben Amar"})
    assert answer.status_code == 429
    assert "Attendez dix minutes" in text(answer)


def test_the_usager_sees_what_they_lived_and_nothing_else(
    visiteur: Client, demande: Demande, agent: Any, by: Acteur, at: datetime
) -> None:
    reply(demande=demande, version=demande.version, canal="courriel", texte="Un agent passera demain.", clef=uuid4(),
          by=by, at=at, agent=agent)  # fmt: skip
    add_note(demande=demande, texte="Encore elle, pfff.", by=by, at=at, agent=agent)
    opened = visiteur.post(url("suivi"), {"code": demande.code_suivi.lower(), "qui": "ben amar"})
    assert opened.status_code == 302
    page = visiteur.get(opened["Location"])
    said = text(page)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    for shown in ("En cours", "Vous aurez une réponse au plus tard le", "Vous avez écrit par courriel",
                  "La mairie vous a écrit par courriel", "Un agent passera demain."):  # fmt: skip
        assert shown in said, shown
    for hidden in ("pfff", "Claire", "journal", "Yann"):
        assert hidden not in said, hidden


def test_a_message_and_a_file_are_kept_raw_once(visiteur: Client, demande: Demande) -> None:
    passe, clef = sign_passe(demande), str(uuid4())
    for _ in range(2):
        sent = {"clef": clef, "texte": "Voici une photo.", "pieces": SimpleUploadedFile("plan.pdf", PDF)}
        answer = visiteur.post(url("demande_message", passe), sent)
        assert answer.status_code == 302
    message = Message.objects.get(demande=demande, canal="formulaire")
    assert (message.texte, message.usager_id) == ("Voici une photo.", demande.usager_id)
    assert PieceJointe.objects.get(message=message).nom == "plan.pdf"
    assert Entree.objects.filter(externe_id__startswith=f"suivi:{demande.pk}:").count() == 1
    assert "Bien reçu." in text(visiteur.get(answer["Location"]))


def test_an_empty_message_is_refused_and_a_refused_file_keeps_the_text(visiteur: Client, demande: Demande) -> None:
    passe = sign_passe(demande)
    answer = visiteur.post(url("demande_message", passe), {"clef": str(uuid4()), "texte": " "})
    assert answer.status_code == 422
    assert "Écrivez un message, ou joignez un document." in text(answer)
    bad = {"clef": str(uuid4()), "texte": "Mon texte gardé", "pieces": SimpleUploadedFile("a.exe", b"MZ\x90\x00")}
    answer = visiteur.post(url("demande_message", passe), bad)
    assert answer.status_code == 422
    assert "Mon texte gardé" in text(answer)
    assert Message.objects.filter(demande=demande, canal="formulaire").count() == 0


def test_long_closed_it_is_said_and_the_text_is_kept(
    visiteur: Client, demande: Demande, by: Acteur, at: datetime
) -> None:
    close(demande=demande, version=demande.version, issue="satisfaite", by=by, at=at)
    Demande.objects.filter(pk=demande.pk).update(closed_at=at - timedelta(days=60))
    answer = visiteur.post(url("demande_message", sign_passe(demande)), {"clef": str(uuid4()), "texte": "Encore"})
    assert answer.status_code == 409
    assert "terminée depuis trop longtemps" in text(answer)
    assert ">Encore<" in text(answer).replace("\n", "")


def test_a_forged_pass_asks_again(visiteur: Client, demande: Demande) -> None:
    answer = visiteur.get(url("demande", "faux"))
    assert answer.status_code == 410
    assert "Saisissez à nouveau votre code" in text(answer)


# ── Complements ──


@pytest.fixture
def demandee(demande: Demande, by: Acteur, at: datetime) -> DemandeComplement:
    version = VersionFormulaire.objects.create(type=demande.type, numero=1, schema=SCHEMA, published_at=at)
    Demande.objects.filter(pk=demande.pk).update(version_formulaire=version)
    demande.version_formulaire = version
    question = Question(
        "incomplet", at.date() + timedelta(days=20), "courriel:samira@exemple.fr", ["etage"], ["domicile"]
    )
    return ask_complements(demande=demande, version=demande.version, question=question, clef=uuid4(), by=by, at=at)


def link(row: DemandeComplement | Avis) -> str:
    nature = "complement" if isinstance(row, DemandeComplement) else "avis"
    return url("complements" if nature == "complement" else "avis", jetons.derive(nature, row.clef))


def test_what_is_missing_is_asked_with_its_law_then_thanked(visiteur: Client, demandee: DemandeComplement) -> None:
    page = text(visiteur.get(link(demandee)))
    for shown in ("Étage", "Justificatif de domicile", "code électoral, art. L11", "L114-5"):
        assert shown in page, shown
    wrong = visiteur.post(link(demandee), {"reponse-etage": "beaucoup", "texte": "Je garde ceci"})
    assert wrong.status_code == 422
    assert "Écrivez un nombre, en chiffres." in text(wrong)
    assert "Je garde ceci" in text(wrong)
    sent = {"reponse-etage": "3", "piece-domicile": SimpleUploadedFile("edf.pdf", PDF)}
    done = visiteur.post(link(demandee), sent)
    assert done.status_code == 302
    assert "Tout est arrivé" in text(visiteur.get(done["Location"]))
    demandee.refresh_from_db()
    assert (demandee.reponse, demandee.answered_at is not None) == ({"etage": 3}, True)


def test_in_part_the_rest_stays_asked(visiteur: Client, demandee: DemandeComplement) -> None:
    done = visiteur.post(link(demandee), {"reponse-etage": "3"})
    page = text(visiteur.get(done["Location"]))
    assert "Il manque encore ce qui suit." in page
    assert "Justificatif de domicile" in page
    assert "Étage" not in page


def test_a_good_file_outlives_the_refusal_of_an_answer(visiteur: Client, demandee: DemandeComplement) -> None:
    sent = {"reponse-etage": "", "piece-domicile": SimpleUploadedFile("edf.pdf", PDF)}
    refused = visiteur.post(link(demandee), sent)
    assert refused.status_code == 422
    assert "edf.pdf" in text(refused)


@pytest.mark.parametrize(("how", "status", "said"), [
    ("cancel", 410, "Ce n'est plus demandé"), ("late", 410, "Ce lien a expiré"), ("close", 410, "terminée"),
])  # fmt: skip
def test_a_link_that_no_longer_answers_says_why(
    visiteur: Client, demande: Demande, demandee: DemandeComplement, by: Acteur, at: datetime, how: str, status: int,
    said: str,
) -> None:  # fmt: skip
    now = Demande.objects.for_fiche().get(pk=demande.pk)
    if how == "cancel":
        cancel_complements(complement=demandee, demande=now, version=now.version, by=by, at=at)
    elif how == "late":
        DemandeComplement.objects.update(delai_on=at.date() - timedelta(days=40))
    else:
        close(demande=now, version=now.version, issue="abandonnee", by=by, at=at)
    answer = visiteur.get(link(demandee))
    assert answer.status_code == status
    assert said in text(answer)


@pytest.mark.parametrize("page", ["complements", "avis", "satisfaction"])
def test_a_link_that_opens_nothing(
    visiteur: Client, demande: Demande, page: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = visiteur.get(url(page, "x" * 32))
    assert answer.status_code == 404
    assert "Ce lien n'ouvre rien" in text(answer)
    assert "x" * 32 not in caplog.text  # the address is a secret, even when it opens nothing


# ── Opinions ──


@pytest.fixture
def plan(demande: Demande, at: datetime) -> PieceJointe:
    kept = store_bytes(PDF, collectivite_id=demande.collectivite_id, at=at)
    return PieceJointe.objects.create(
        message=Message.objects.get(demande=demande, sens="entrant"), nom="plan.pdf", type_mime="application/pdf",
        octets=kept.octets, empreinte=kept.empreinte, fichier=kept.chemin,
    )  # fmt: skip


@pytest.fixture
def avis(demande: Demande, plan: PieceJointe, by: Acteur, at: datetime) -> Avis:
    asked = DemandeAvis(
        "ABF", "abf@exemple.fr", "L'enseigne convient-elle ?", at.date() + timedelta(days=15), [plan.pk]
    )
    return ask_avis(demande=demande, version=demande.version, asked=asked, clef=uuid4(), by=by, at=at)


def test_a_third_party_sees_the_question_and_the_chosen_files_only(
    visiteur: Client, demande: Demande, avis: Avis, plan: PieceJointe, at: datetime
) -> None:
    page = text(visiteur.get(link(avis)))
    assert "L'enseigne convient-elle ?" in page
    assert "plan.pdf" in page
    for hidden in (demande.objet, "Samira", "Ben Amar", "devant le 8"):
        assert hidden not in page, hidden
    other = PieceJointe.objects.create(message=plan.message, nom="secret.pdf", type_mime="x", octets=1,
                                       empreinte="0" * 64, fichier=plan.fichier)  # fmt: skip
    jeton = jetons.derive("avis", avis.clef)
    got = visiteur.get(url("avis_piece", jeton, plan.pk))
    assert b"".join(got.streaming_content) == PDF
    assert got["Content-Disposition"].startswith("attachment;")
    assert visiteur.get(url("avis_piece", jeton, other.pk)).status_code == 404


def test_their_opinion_is_taken_once_with_its_file(visiteur: Client, demande: Demande, avis: Avis) -> None:
    sent = {"favorable": "non", "texte": "Trop haute.", "pieces": SimpleUploadedFile("avis.pdf", PDF)}
    assert visiteur.post(link(avis), sent).status_code == 302
    assert "Votre avis est enregistré" in text(visiteur.get(link(avis)))
    assert visiteur.post(link(avis), sent).status_code == 200
    note = Message.objects.get(demande=demande, sens="interne")
    assert (note.texte, PieceJointe.objects.get(message=note).nom) == ("Avis défavorable.\nTrop haute.", "avis.pdf")
    Avis.objects.update(answered_at=None, revoked_at=avis.asked_at)
    assert visiteur.get(link(avis)).status_code == 410
    plan = avis.pieces[0]
    assert visiteur.get(url("avis_piece", jetons.derive("avis", avis.clef), plan)).status_code == 404


def test_an_opinion_without_words_is_asked_again(visiteur: Client, avis: Avis) -> None:
    answer = visiteur.post(link(avis), {"favorable": "oui", "texte": " "})
    assert answer.status_code == 422
    assert "Écrivez quelques mots" in text(answer)


# ── Satisfaction ──


def test_the_question_is_answered_once_and_reading_it_writes_nothing(
    visiteur: Client, demande: Demande, by: Acteur, at: datetime
) -> None:
    done = close(demande=demande, version=demande.version, issue="satisfaite", by=by, at=at)
    row = Satisfaction.objects.create(demande=done, jeton=jetons.fingerprint("j" * 32), canal="courriel", closed_at=at,
                                      asked_at=at)  # fmt: skip
    page = url("satisfaction", "j" * 32)
    assert visiteur.get(page).status_code == 200
    row.refresh_from_db()
    assert row.answered_at is None
    assert visiteur.post(page, {"note": "12"}).status_code == 422
    answer = visiteur.post(page, {"note": "3", "regle": "non", "commentaire": "Encore éteint."})
    assert "Nous reprenons votre demande." in text(answer)
    assert Demande.objects.get(pk=demande.pk).etat == "en_cours"
    assert "Votre réponse est enregistrée" in text(visiteur.post(page, {"note": "9"}))
    row.refresh_from_db()
    assert (row.note, row.is_regle) == (3, False)
    assert visiteur.post(url("satisfaction_refus", "j" * 32)).status_code == 200
    row.refresh_from_db()
    assert row.is_refus
