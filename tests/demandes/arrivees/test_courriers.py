"""Scans cut at their separator pages, letters numbered, qualified once, set aside with a reason."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Service
from demandes.arrivees import lots
from demandes.arrivees.actions import (
    CourrierChange,
    DateImpossible,
    Identite,
    discard_courrier,
    open_from_courrier,
    register_courrier,
)
from demandes.arrivees.decoupe import LotIllisible, split_lot
from demandes.arrivees.lots import deposit_lot, process_lot
from demandes.arrivees.separateurs import MARQUE
from demandes.models import CourrierArrivee, Demande, LotNumerisation, PieceJointe
from journal.models import Consultation
from tests.demandes.conftest import Ouvrir
from tests.demandes.ecrans.conftest import url

Progress = Callable[[int, int], None]


def draw(text: str = "") -> Image.Image:
    page = Image.new("L", (827, 1169), 255)
    if text:
        ImageDraw.Draw(page).text((100, 200), text, fill=0, font_size=60)
    return page


def separator() -> Image.Image:
    page = draw("Page de séparation")
    code = zxingcpp.create_barcode(MARQUE, zxingcpp.BarcodeFormat.QRCode, ec_level="H").to_image(scale=12)
    page.paste(Image.fromarray(code) if not isinstance(code, Image.Image) else code, (200, 400))
    return page


def batch(*pages: Image.Image, format_: str = "PDF") -> bytes:
    target = io.BytesIO()
    pages[0].save(target, format=format_, save_all=True, append_images=pages[1:], resolution=100.0)
    return target.getvalue()


def silent(_done: int, _total: int) -> None:
    return None


def test_separators_cut_and_disappear_with_their_blank_back() -> None:
    pages = [separator(), draw(), draw("Un"), draw("Deux"), separator(), draw("Trois"), separator().rotate(180)]
    letters = split_lot(batch(*pages), nom="lot.pdf", progress=silent)
    assert [(letter.pages, letter.premiere) for letter in letters] == [(2, 3), (1, 6)]
    assert len(pypdfium2.PdfDocument(letters[0].pdf)) == 2


def test_a_blank_page_inside_a_letter_stays() -> None:
    letters = split_lot(batch(draw("Un"), draw(), draw("Deux")), nom="lot.pdf", progress=silent)
    assert [letter.pages for letter in letters] == [3]


def test_a_tiff_of_several_pages_is_cut_too() -> None:
    letters = split_lot(batch(draw("Un"), separator(), draw("Deux"), format_="TIFF"), nom="lot.tif", progress=silent)
    assert [letter.pages for letter in letters] == [1, 1]


@pytest.mark.parametrize("contenu", [b"%PDF-1.7 rien", b"", b"bonjour"])
def test_what_is_no_scan_is_said(contenu: bytes) -> None:
    with pytest.raises(LotIllisible, match=r"lot\.pdf"):
        split_lot(contenu, nom="lot.pdf", progress=silent)


@pytest.fixture
def lot(ville: Collectivite, agent: Agent, by: Acteur, at: datetime) -> LotNumerisation:
    contenu = batch(draw("Un"), separator(), draw("Deux"))
    return deposit_lot(flux=io.BytesIO(contenu), nom="matin.pdf", clef=uuid4(), agent_id=agent.pk, by=by, at=at)


@pytest.mark.django_db
def test_a_batch_becomes_letters_once(lot: LotNumerisation, ville: Collectivite, at: datetime) -> None:
    assert process_lot(collectivite_id=ville.pk, lot_id=lot.pk, at=at) == 2
    assert process_lot(collectivite_id=ville.pk, lot_id=lot.pk, at=at) is None
    found = CourrierArrivee.objects.order_by("rang")
    assert [(each.rang, each.pages, each.etat) for each in found] == [(1, 1, "a_qualifier"), (2, 1, "a_qualifier")]
    assert [each.chrono for each in found] == [f"CA-{at.year}-0001", f"CA-{at.year}-0002"]
    lot.refresh_from_db()
    assert (lot.etat, lot.pages, lot.pages_faites) == ("decoupe", 3, 3)


@pytest.mark.django_db
def test_a_worker_killed_in_the_middle_leaves_nothing_then_all(
    lot: LotNumerisation, ville: Collectivite, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(lots, "_register", die)
        with pytest.raises(Killed):
            process_lot(collectivite_id=ville.pk, lot_id=lot.pk, at=at)
    assert not CourrierArrivee.objects.exists()
    assert process_lot(collectivite_id=ville.pk, lot_id=lot.pk, at=at) is None  # its lease still runs
    assert process_lot(collectivite_id=ville.pk, lot_id=lot.pk, at=at + timedelta(minutes=5)) == 2


@pytest.mark.django_db
def test_the_slower_of_two_workers_writes_nothing(
    lot: LotNumerisation, ville: Collectivite, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_split = lots.split_lot

    def overtaken(contenu: bytes, *, nom: str, progress: Progress) -> object:
        monkeypatch.setattr(lots, "split_lot", true_split)
        assert process_lot(collectivite_id=ville.pk, lot_id=lot.pk, at=at + timedelta(minutes=10)) == 2
        return true_split(contenu, nom=nom, progress=progress)

    monkeypatch.setattr(lots, "split_lot", overtaken)
    assert process_lot(collectivite_id=ville.pk, lot_id=lot.pk, at=at) is None
    assert CourrierArrivee.objects.count() == 2


@pytest.mark.django_db
def test_an_unreadable_batch_says_why_and_keeps_its_file(
    ville: Collectivite, agent: Agent, by: Acteur, at: datetime
) -> None:
    made = deposit_lot(flux=io.BytesIO(b"%PDF-1.4\nabime"), nom="x.pdf", clef=uuid4(), agent_id=agent.pk, by=by, at=at)
    process_lot(collectivite_id=ville.pk, lot_id=made.pk, at=at)
    made.refresh_from_db()
    assert made.etat == "erreur"
    assert "abîmé" in made.erreur


@pytest.fixture
def courrier(lot: LotNumerisation, ville: Collectivite, at: datetime) -> CourrierArrivee:
    process_lot(collectivite_id=ville.pk, lot_id=lot.pk, at=at)
    return CourrierArrivee.objects.order_by("rang")[0]


IDENTITE = Identite(date_arrivee=date(2026, 11, 20), expediteur="M. Dupont", objet="Trottoir dangereux",
                    date_cachet=date(2026, 11, 18), nature="recommande_ar", numero_recommande="1A 234")  # fmt: skip


@pytest.mark.django_db
def test_a_letter_becomes_a_demande_with_its_dates_and_its_scan(
    courrier: CourrierArrivee, by: Acteur, service: Service
) -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    demande = open_from_courrier(courrier=courrier, version=1, identite=IDENTITE, type_=None, service=service,
                                 usager=None, description="", by=by, at=at)  # fmt: skip
    assert (demande.canal, demande.objet, demande.received_at.date()) == (
        "courrier", "Trottoir dangereux", date(2026, 11, 20),
    )  # fmt: skip
    piece = PieceJointe.objects.get(message__demande=demande)
    assert (piece.nom, piece.type_mime) == (f"{courrier.chrono}.pdf", "application/pdf")
    courrier.refresh_from_db()
    assert (courrier.etat, courrier.demande_id, courrier.date_cachet) == ("qualifie", demande.pk, date(2026, 11, 18))
    with pytest.raises(CourrierChange):  # a colleague with the same page open
        open_from_courrier(courrier=courrier, version=1, identite=IDENTITE, type_=None, service=None, usager=None,
                           description="", by=by, at=at)  # fmt: skip
    assert Demande.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "dates",
    [{"date_arrivee": date(2026, 11, 23)}, {"date_arrivee": date(2026, 11, 20), "date_cachet": date(2026, 11, 21)}],
)
def test_impossible_dates_are_refused(ville: Collectivite, agent: Agent, by: Acteur, dates: dict[str, date]) -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    with pytest.raises(DateImpossible):
        register_courrier(identite=Identite(**dates), service=None, usager=None, clef=uuid4(), agent_id=agent.pk,  # type: ignore[arg-type]
                          by=by, at=at)  # fmt: skip


@pytest.mark.django_db
def test_the_same_form_twice_is_one_letter(ville: Collectivite, agent: Agent, by: Acteur, at: datetime) -> None:
    clef = uuid4()
    made = [
        register_courrier(identite=Identite(at.date() - timedelta(days=1)), service=None, usager=None, clef=clef,
                          agent_id=agent.pk, by=by, at=at)
        for _ in range(2)
    ]  # fmt: skip
    assert made[0].pk == made[1].pk


@pytest.mark.django_db
def test_the_mail_of_a_sealed_service_is_not_there_for_others(
    poste: Client, ccas: Service, agent: Agent, by: Acteur, at: datetime
) -> None:
    sealed = register_courrier(identite=Identite(at.date() - timedelta(days=1), objet="Aide"), service=ccas,
                               usager=None, clef=uuid4(), agent_id=agent.pk, by=by, at=at)  # fmt: skip
    assert poste.get(url("arrivee", sealed.pk)).status_code == 404
    assert sealed.chrono not in poste.get(url("arrivees")).content.decode()


def assert_logged(poste: Client, pk: int) -> None:
    """A page asked for without the screen around it is a reading too, and stays in no browser."""
    read = Consultation.objects.filter(vue=Consultation.Vue.PIECE, objet_id=pk)
    already, shown = read.count(), poste.get(url("page_scannee", pk, 1))
    assert shown.content.startswith(b"\x89PNG")
    assert "no-store" in shown.headers["Cache-Control"]
    assert read.count() == already + 1


@pytest.mark.django_db
def test_screens_from_upload_to_demande(poste: Client, ville: Collectivite, at: datetime, ouvrir: Ouvrir) -> None:
    scans = [
        SimpleUploadedFile("matin.pdf", batch(draw("Un"), separator(), draw("Deux")), "application/pdf"),
        SimpleUploadedFile("note.txt", b"bonjour", "text/plain"),
    ]
    refused = poste.post(url("lots"), {"scans": scans, "clef": str(uuid4())})
    assert refused.status_code == 422
    assert "note.txt" in refused.content.decode()
    process_lot(collectivite_id=ville.pk, lot_id=LotNumerisation.objects.get().pk, at=at)
    first, second = CourrierArrivee.objects.order_by("rang")
    page = poste.get(url("arrivee", first.pk))
    assert page.status_code == 200
    assert_logged(poste, first.pk)
    assert poste.get(url("page_scannee", first.pk, 9)).status_code == 404
    original = poste.get(url("scan", first.pk))
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(original.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    form = {"version": 1, "objet": "Trottoir", "date_arrivee": first.date_arrivee.isoformat(), "nature": "simple"}
    unknown = poste.post(url("arrivee", first.pk), form | {"geste": "rattacher", "numero": "999"})
    assert unknown.status_code == 422
    assert "Aucune demande" in unknown.content.decode()
    done = poste.post(url("arrivee", first.pk), form | {"geste": "ouvrir"})
    assert done["Location"] == url("arrivee", second.pk)  # on to the next of the batch
    again = poste.post(url("arrivee", first.pk), form | {"geste": "ouvrir"})
    assert again.status_code == 409
    empty = poste.post(url("arrivee", second.pk), {"version": 1, "geste": "ecarter", "motif": ""})
    assert empty.status_code == 422
    assert poste.post(url("arrivee", second.pk), {"version": 1, "geste": "ecarter", "motif": "Pub"}).status_code == 302
    assert "Pub" in poste.get(url("arrivees"), {"vue": "ecarte", "texte": second.chrono}).content.decode()
    assert poste.get(url("separateur")).content.startswith(b"%PDF")


@pytest.mark.django_db
def test_a_discarded_letter_keeps_its_reason(courrier: CourrierArrivee, by: Acteur, at: datetime) -> None:
    discard_courrier(courrier=courrier, version=1, motif=" Publicité ", by=by, at=at)
    courrier.refresh_from_db()
    assert (courrier.etat, courrier.motif) == ("ecarte", "Publicité")
