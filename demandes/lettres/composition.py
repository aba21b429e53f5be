"""From the row of a letter to its tagged PDF (PDF/UA-1, as RGAA 13.3 asks of documents)."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string

from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from demandes.courriers import show_telephone
from demandes.lettres.destinataire import split_adresse
from demandes.models import CourrierDepart
from demandes.signataires import find_signataire
from socle.depot import Depose, store_bytes
from socle.direct import publish_on_commit
from socle.ecriture import write_jour
from socle.pdf import PdfIndisponible, render_pdf

RESSOURCES = Path(settings.RACINE) / "static"


@dataclass(frozen=True)
class Dessine:
    """A document drawn and kept."""

    depose: Depose
    pages: int


def build_lettre(courrier: CourrierDepart, town: Collectivite) -> dict[str, Any]:
    """Return what the template of a letter prints, the same for the PDF and for the preview."""
    local = courrier.created_at.astimezone(ZoneInfo(town.fuseau)).date()
    where = town.ville or town.nom
    return {
        "courrier": courrier,
        "demande": courrier.demande,
        "entete": describe_town(town),
        "signataire": find_signataire(courrier.agent, courrier.demande.service, town),
        "destinataire": courrier.destinataire,
        "lignes": split_adresse(courrier.adresse),
        "date": f"{where}, le {write_jour(local, annee=True)}",
        "paragraphes": [each.strip() for each in courrier.corps.replace("\r\n", "\n").split("\n\n") if each.strip()],
    }


def describe_town(town: Collectivite) -> dict[str, Any]:
    """Return the head of every document of the town. `accent` is a style sheet of one variable."""
    return {
        "nom": town.nom,
        "lignes": [each for each in (town.adresse, f"{town.code_postal} {town.ville}".strip()) if each],
        "telephone": show_telephone(town.telephone),
        "courriel": town.courriel,
        "accent": "data:text/css;base64," + b64encode(f":root{{--accent:{town.accent}}}".encode()).decode(),
    }


def draw_lettre(*, collectivite_id: int, courrier_id: int, at: datetime) -> bool:
    """Draw the PDF of a letter and keep it: once, outside any transaction. False when there is nothing to draw, or no
    pango on this machine: the letter stays « à composer »."""
    with collectivite_active(collectivite_id):
        waiting = CourrierDepart.objects.filter(pk=courrier_id, document="", etat=CourrierDepart.Etat.A_IMPRIMER)
        courrier = waiting.select_related("demande__service", "agent").first()
        if courrier is None:
            return False
        town = Collectivite.objects.get(pk=collectivite_id)
        html = render_to_string("lettres/lettre.html", build_lettre(courrier, town))
    try:
        drawn = draw_document(html, collectivite_id=collectivite_id, at=at)
    except PdfIndisponible:
        return False
    with collectivite_active(collectivite_id):
        kept = CourrierDepart.objects.filter(pk=courrier_id, document="").update(
            document=drawn.depose.chemin, empreinte=drawn.depose.empreinte, octets=drawn.depose.octets,
            pages=drawn.pages,
        )  # fmt: skip
        for sujet in ("demande", f"demande:{courrier.demande_id}"):
            publish_on_commit(collectivite_id=collectivite_id, sujet=sujet)
    return bool(kept)


def draw_document(html: str, *, collectivite_id: int, at: datetime) -> Dessine:
    """Draw a whole HTML document as PDF/UA-1 and keep it in the private store. Raises PdfIndisponible."""
    drawn = render_pdf(html, base_url=RESSOURCES)
    from pypdf import PdfReader  # noqa: PLC0415 as WeasyPrint: a third of a second that only a letter needs

    pages = len(PdfReader(BytesIO(drawn)).pages)
    return Dessine(store_bytes(drawn, collectivite_id=collectivite_id, at=at), pages)
