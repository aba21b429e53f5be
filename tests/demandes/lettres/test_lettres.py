"""A letter from the answer to the post: numbered, drawn, frozen, printed with others."""

import hashlib
from datetime import date, datetime
from io import BytesIO
from uuid import uuid4

import pytest
from celery import current_app
from pypdf import PdfReader

from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.models import Agent
from demandes.actions import reply
from demandes.actions.echange import ElectroniqueRefuse
from demandes.actions.implicite import PasDeDecision, ask_motifs, issue_attestation
from demandes.lettres import tasks
from demandes.lettres.composition import draw_lettre
from demandes.lettres.ecriture import AdresseManquante
from demandes.lettres.impression import AucuneLettre, Choix, cancel, draw_lot, mark_posted, prepare_lot
from demandes.lettres.texte import Lettre, RefusIncomplet
from demandes.models import CourrierDepart, Demande, Echeance, LotImpression, Message, Tache
from demandes.preuves import tasks as taches_preuves
from demandes.preuves.actions import ask_dossier
from journal.models import Evenement
from socle import pdf
from socle.depot import read_file
from tests.config.test_pdf import inflate
from tests.demandes.conftest import Ouvrir
from tests.demandes.lettres.conftest import Ecrire, dessiner, lire

TOUT = frozenset({"general", "cadre_de_vie"})


def choix(*lettres: CourrierDepart) -> Choix:
    return Choix(frozenset(each.pk for each in lettres), TOUT)


def test_an_answer_by_letter_is_numbered_and_waits_to_be_drawn(ecrire: Ecrire, demande: Demande, agent: Agent) -> None:
    lettre = ecrire()
    assert lettre.chrono.endswith("-0001")
    assert (lettre.destinataire, lettre.adresse) == ("Madame Samira Ben Amar", "8 rue des Tanneurs, 44999 Aurelle")
    assert (lettre.etat, lettre.document, lettre.agent) == ("a_imprimer", "", agent)
    assert lettre.message is not None
    assert (lettre.message.canal, lettre.message.texte) == ("courrier", "Le lampadaire sera réparé mardi.")
    assert ecrire().chrono.endswith("-0002")


def test_its_pdf_is_tagged_and_says_who_answers_where(ecrire: Ecrire, demande: Demande, at: datetime) -> None:
    lettre = dessiner(ecrire(), at)
    drawn = read_file(lettre.document)
    for sign in (b"/StructTreeRoot", b"/Lang (fr)", b"/DisplayDocTitle true", b"pdfuaid:part"):
        assert sign in inflate(drawn), sign
    assert hashlib.sha256(drawn).hexdigest() == lettre.empreinte
    assert (lettre.octets, lettre.pages) == (len(drawn), 1)
    said = " ".join(lire(lettre.document).split())
    for words in (
        "Ville d'Aurelle", "1 place de la République", "Madame Samira Ben Amar", "44999 AURELLE", lettre.chrono,
        demande.numero, "Claire Moreau", "Chargée de l'éclairage", "Éclairage public", "01 99 00 12 34",
        "Le lampadaire sera réparé mardi.",
    ):  # fmt: skip
        assert words in said.replace("\u00a0", " "), words


def test_the_address_block_stands_in_the_window(ecrire: Ecrire, at: datetime) -> None:
    """NF Z 11-001: a DL envelope shows 45 to 85 mm from the top, from 105 mm to the left edge's right."""
    seen: list[tuple[float, float]] = []
    page = PdfReader(BytesIO(read_file(dessiner(ecrire(), at).document))).pages[0]

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if "Ben Amar" in text or "TANNEURS" in text.upper() or "AURELLE" in text:
            x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            seen.append((x / 72 * 25.4, 297 - y / 72 * 25.4))

    page.extract_text(visitor_text=visit)
    block = [place for place in seen if place[0] > 100]
    assert len(block) >= 3
    assert all(105 <= x <= 115 and 45 <= y <= 85 for x, y in block), block


def test_drawing_twice_changes_nothing(ecrire: Ecrire, at: datetime) -> None:
    lettre = dessiner(ecrire(), at)
    assert not draw_lettre(collectivite_id=lettre.collectivite_id, courrier_id=lettre.pk, at=at)
    before = lettre.empreinte
    lettre.refresh_from_db()
    assert lettre.empreinte == before


def test_without_pango_the_letter_stays_to_be_drawn(
    ecrire: Ecrire, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lettre = ecrire()
    monkeypatch.setattr(pdf, "_load", lambda: None)
    assert not draw_lettre(collectivite_id=lettre.collectivite_id, courrier_id=lettre.pk, at=at)
    lettre.refresh_from_db()
    assert (lettre.document, lettre.etat) == ("", "a_imprimer")


def test_without_address_a_sentence_and_nothing_written(
    ouvrir: Ouvrir, demande: Demande, agent: Agent, by: Acteur, at: datetime
) -> None:
    other = ouvrir(canal="guichet", mode_reponse="sms")
    with pytest.raises(AdresseManquante, match="Aucune adresse postale"):
        reply(demande=other, version=other.version, canal="courrier", texte="Bonjour", clef=uuid4(), by=by, at=at,
              agent=agent)  # fmt: skip
    assert not CourrierDepart.objects.exists()
    assert not Message.objects.filter(canal="courrier").exists()


def test_closing_as_refused_by_letter_asks_for_reasons(ecrire: Ecrire, demande: Demande) -> None:
    with pytest.raises(RefusIncomplet):
        ecrire(suite="close", issue="refusee")
    demande.refresh_from_db()
    assert demande.etat != "close"
    written = ecrire(
        suite="close", issue="refusee", lettre=Lettre(motifs="Article 4.", recours="Tribunal, deux mois.")
    )
    assert "Motifs de la décision" in written.corps
    demande.refresh_from_db()
    assert (demande.etat, demande.issue) == ("close", "refusee")


def test_who_refuses_electronic_answers_is_written_to_by_letter_only(
    demande: Demande, usager: Usager, ouvrir: Ouvrir, agent: Agent, by: Acteur, at: datetime
) -> None:
    other = ouvrir(usager=usager)
    Usager.objects.filter(pk=usager.pk).update(is_electronique_refuse=True)
    other.usager = Usager.objects.get(pk=usager.pk)
    with pytest.raises(ElectroniqueRefuse, match="L112-14"):
        reply(demande=other, version=other.version, canal="courriel", texte="Bonjour", clef=uuid4(), by=by, at=at,
              agent=agent)  # fmt: skip


def test_letters_are_joined_after_their_list_then_posted(
    ecrire: Ecrire, agent: Agent, by: Acteur, at: datetime
) -> None:
    pair = [dessiner(ecrire(), at), dessiner(ecrire(texte="Seconde lettre."), at)]
    clef = uuid4()
    lot = prepare_lot(choix=choix(*pair), agent=agent, clef=clef, by=by, at=at)
    assert prepare_lot(choix=choix(*pair), agent=agent, clef=clef, by=by, at=at) == lot
    assert (lot.nombre, lot.document) == (2, "")
    assert draw_lot(collectivite_id=lot.collectivite_id, lot_id=lot.pk, at=at)
    assert not draw_lot(collectivite_id=lot.collectivite_id, lot_id=lot.pk, at=at)
    lot.refresh_from_db()
    said = lire(lot.document)
    assert said.index(pair[0].chrono) < said.index(pair[1].chrono) < said.index("Le lampadaire sera réparé")
    assert "Seconde lettre." in said
    assert set(CourrierDepart.objects.values_list("etat", flat=True)) == {"imprime"}
    assert mark_posted(choix=choix(*pair), by=by, at=at) == 2
    assert set(CourrierDepart.objects.values_list("etat", flat=True)) == {"poste"}
    assert Evenement.objects.filter(verbe="courrier.poste").count() == 2


def test_a_letter_is_printed_again_withdrawn_never_once_posted(
    ecrire: Ecrire, agent: Agent, by: Acteur, at: datetime
) -> None:
    lettre = dessiner(ecrire(), at)
    first = prepare_lot(choix=choix(lettre), agent=agent, clef=uuid4(), by=by, at=at)
    again = prepare_lot(choix=choix(lettre), agent=agent, clef=uuid4(), by=by, at=at)
    assert list(again.courriers.all()) == [lettre]
    assert not first.courriers.exists()
    mark_posted(choix=choix(lettre), by=by, at=at)
    with pytest.raises(AucuneLettre):
        cancel(choix=choix(lettre), by=by, at=at)
    undrawn = ecrire()
    with pytest.raises(AucuneLettre):
        prepare_lot(choix=choix(undrawn), agent=agent, clef=uuid4(), by=by, at=at)
    assert cancel(choix=choix(undrawn), by=by, at=at) == 1
    assert LotImpression.objects.count() == 2


def test_a_sealed_letter_can_be_printed_by_its_own_service_only(
    ecrire: Ecrire, demande: Demande, agent: Agent, by: Acteur, at: datetime
) -> None:
    lettre = dessiner(ecrire(), at)
    Demande.objects.filter(pk=demande.pk).update(domaine="social")
    with pytest.raises(AucuneLettre):
        prepare_lot(choix=choix(lettre), agent=agent, clef=uuid4(), by=by, at=at)


@pytest.fixture
def nee(demande: Demande, at: datetime) -> Echeance:
    """Silence decided three days ago."""
    day = date.fromordinal(at.date().toordinal() - 3)
    row, _ = Echeance.objects.update_or_create(
        demande=demande, nature="decision",
        defaults={"due_on": day, "due_at": at.replace(day=day.day, month=day.month, year=day.year), "computed_at": at,
                  "effet": "acceptation", "base": "CRPA, L231-1", "met_at": None},
    )  # fmt: skip
    return row


def test_the_attestation_of_an_implicit_acceptance(
    demande: Demande, nee: Echeance, agent: Agent, by: Acteur, at: datetime
) -> None:
    clef = uuid4()
    lettre = issue_attestation(demande=demande, clef=clef, agent=agent, by=by, at=at)
    assert issue_attestation(demande=demande, clef=clef, agent=agent, by=by, at=at) == lettre
    said = " ".join(lire(dessiner(lettre, at).document).split())
    assert "Attestation de décision implicite d'acceptation" in said
    assert "L232-3" in said
    assert "réputée acceptée" in said


@pytest.mark.parametrize("changes", [{"effet": "rejet"}, {"due_on": None}, {"met_at": "due_at"}])
def test_no_attestation_of_what_was_not_born(
    demande: Demande, nee: Echeance, agent: Agent, by: Acteur, at: datetime, changes: dict[str, object]
) -> None:
    Echeance.objects.filter(pk=nee.pk).update(
        **{name: nee.due_at if value == "due_at" else value for name, value in changes.items()}
    )
    with pytest.raises(PasDeDecision, match="d'acceptation"):
        issue_attestation(demande=demande, clef=uuid4(), agent=agent, by=by, at=at)


def test_the_reasons_of_an_implicit_rejection_are_owed_within_a_month(
    demande: Demande, nee: Echeance, by: Acteur, at: datetime
) -> None:
    with pytest.raises(PasDeDecision, match="de rejet"):
        ask_motifs(demande=demande, by=by, at=at)
    Echeance.objects.filter(pk=nee.pk).update(effet="rejet")
    tache = ask_motifs(demande=demande, by=by, at=datetime.fromisoformat("2026-12-15T09:00:00+01:00"))
    assert tache.due_on == date(2027, 1, 15)
    assert ask_motifs(demande=demande, by=by, at=at) == tache
    assert Tache.objects.count() == 1
    assert Evenement.objects.filter(verbe="demande.motifs_demandes").count() == 1


def test_a_lost_nudge_is_found_again_by_the_sweepers(
    ecrire: Ecrire, demande: Demande, agent: Agent, by: Acteur, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int, int]] = []
    for module in (tasks, taches_preuves):
        monkeypatch.setattr(module, "ask_worker", lambda *args, **_: asked.append(args))
    town, lettre, drawn = demande.collectivite_id, ecrire(), dessiner(ecrire(), at)
    lot = prepare_lot(choix=choix(drawn), agent=agent, clef=uuid4(), by=by, at=at)
    dossier = ask_dossier(demande=demande, has_internes=False, clef=uuid4(), agent=agent, by=by, at=at)
    tasks.sweep_documents()
    taches_preuves.sweep_preuves()
    assert asked == [
        ("demandes.lettres.tasks.compose_lettre", town, lettre.pk), ("demandes.lettres.tasks.draw_lot", town, lot.pk),
        ("demandes.preuves.tasks.compose_preuves", town, dossier.pk),
    ]  # fmt: skip
    assert all(name in current_app.tasks for name, _, _ in asked)
