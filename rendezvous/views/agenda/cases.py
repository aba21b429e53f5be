"""What a template draws of the agenda: words, classes and addresses, nothing to compute any more."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from collectivites.models.organisation import show_minute
from rendezvous.agenda.blocs import Bloc
from rendezvous.agenda.disposition import PIXELS, Voie, lay_out, show_fin, write_place
from rendezvous.agenda.fonds import Fond
from rendezvous.agenda.lecture import Colonne, list_etats_ouverts
from rendezvous.etats import Etat
from rendezvous.heures import MINUTES_JOUR
from rendezvous.models import RendezVous
from socle.ecriture import ESPACE, write_duree

DEUX_LIGNES = 36  # pixels: below, a block has one line
ICONES = {Etat.PRESENT: "person-check", Etat.EN_COURS: "play-circle", Etat.HONORE: "check-lg", Etat.ABSENT: "x-lg"}


@dataclass(frozen=True)
class BlocMontre:
    """One block. `qui` is empty for taken time that may not be read; `deplacer_url` for what may not be moved."""

    ident: str
    classes: str
    heures: str
    debut: str
    qui: str = ""
    quoi: str = ""
    etat: str = ""
    icone: str = ""
    url: str = ""
    deplacer_url: str = ""
    battement: str = ""


@dataclass(frozen=True)
class FondMontre:
    """A closed stretch, with its reason, or an open one (decorative: the head of the column says it)."""

    classes: str
    libelle: str
    heures: str


@dataclass(frozen=True)
class ColonneMontree:
    """A column of the grid."""

    colonne: Colonne
    ident: str
    ouverts: list[FondMontre]
    elements: list[BlocMontre | FondMontre]  # in order of hour: what a screen reader reads
    maintenant: str
    is_aujourdhui: bool

    @property
    def resume(self) -> str:
        """What the head says: « 9 h – 12 h 30, 14 h – 17 h »."""
        if self.colonne.fermee:
            return self.colonne.fermee
        opened = ", ".join(_write_court(each.debut, each.fin) for each in self.colonne.ouvertures)
        return opened or "Pas d'ouverture"

    @property
    def compte(self) -> str:
        """« 6 pris »."""
        return f"{self.colonne.promis}{ESPACE}pris"

    @property
    def a_deplacer(self) -> str:
        """What a closed day still holds."""
        return f"{self.colonne.promis}{ESPACE}à déplacer"

    @property
    def libre(self) -> str:
        """« 2 h 10 libres »."""
        minutes = self.colonne.minutes_libres
        return f"{write_duree(minutes * 60)} libre{'s' if minutes > 1 else ''}" if minutes else ""


def _write_court(debut: int, fin: int) -> str:
    """Return « 9 h – 12 h 30 »: the head of a column is narrow."""
    return write_heures(debut, fin).replace(f"{ESPACE}00", "")


def write_heures(debut: int, fin: int) -> str:
    """Return « 9 h 00 – 9 h 20 »."""
    return f"{show_minute(debut)}{ESPACE}– {show_minute(fin)}"


def show_colonne(
    colonne: Colonne, *, heures: tuple[int, int], slug: str, echelle: int, can_traiter: bool, now: datetime
) -> ColonneMontree:
    """Draw a column: openings behind, then closures and blocks in order of hour; nothing overflows `heures`."""
    lanes = lay_out([(bloc.debut, show_fin(bloc.debut, bloc.fin, echelle)) for bloc in colonne.blocs])
    shown: list[tuple[tuple[int, int], BlocMontre | FondMontre]] = [
        ((bloc.debut, 1), show_bloc(bloc, lane, slug=slug, echelle=echelle, can_traiter=can_traiter, now=now))
        for bloc, lane in zip(colonne.blocs, lanes, strict=True)
    ]
    seen = [each for each in colonne.fonds if each.debut < heures[1] * 60 and each.fin > heures[0] * 60]
    shown += [((each.debut, 0), _show_fond(each, heures)) for each in seen if each.genre == "ferme"]
    minute = colonne.maintenant
    is_shown = minute is not None and heures[0] * 60 <= minute < heures[1] * 60
    return ColonneMontree(
        colonne=colonne, ident=f"{colonne.ressource.pk}-{colonne.jour:%Y%m%d}",
        ouverts=[_show_fond(each, heures) for each in seen if each.genre == "ouvert"],
        elements=[element for _, element in sorted(shown, key=lambda pair: pair[0])],
        maintenant=write_place(minute, minute) if minute is not None and is_shown else "",
        is_aujourdhui=minute is not None,
    )  # fmt: skip


def _show_fond(fond: Fond, heures: tuple[int, int]) -> FondMontre:
    debut, fin = max(fond.debut, heures[0] * 60), min(fond.fin, heures[1] * 60)
    whole = (fond.debut, fond.fin) == (0, MINUTES_JOUR)
    words = "toute la journée" if whole else write_heures(fond.debut, fond.fin)
    return FondMontre(write_place(debut, fin), fond.libelle, words)


def show_bloc(
    bloc: Bloc, lane: Voie, *, slug: str, echelle: int, can_traiter: bool, now: datetime
) -> BlocMontre:  # fmt: skip
    """Draw a block: an appointment, a session, or taken time."""
    place = write_place(bloc.debut, show_fin(bloc.debut, bloc.fin, echelle), lane)
    if (bloc.fin - bloc.debut) * PIXELS[echelle] < DEUX_LIGNES:
        place += " court"
    hours, start = write_heures(bloc.debut, bloc.fin), show_minute(bloc.debut)
    ident = f"b-{bloc.ressource_id}-{bloc.debut_at:%y%m%d%H%M}-{lane.rang}"
    if bloc.seance is not None:
        seance = bloc.seance
        word = f"inscrit{'s' if seance.inscrits > 1 else ''}"
        return BlocMontre(
            ident, f"{place} c{seance.motif.couleur}", hours, start, qui=seance.titre or seance.motif.libelle,
            quoi="Séance collective", etat=f"{seance.inscrits} {word} sur {seance.places}", icone="people",
            url=reverse("rendezvous:emargement", args=[slug, seance.pk]),
        )  # fmt: skip
    if bloc.rendezvous is None:
        return BlocMontre(ident, f"{place} occupe", hours, start)
    return _show_rendezvous(bloc, ident, place, slug=slug, can_traiter=can_traiter, now=now)


def _show_rendezvous(
    bloc: Bloc, ident: str, place: str, *, slug: str, can_traiter: bool, now: datetime
) -> BlocMontre:  # fmt: skip
    rdv = bloc.rendezvous
    assert rdv is not None  # noqa: S101 the caller has just looked
    word, icon = describe_etat(bloc, now)
    classes = [place, f"c{rdv.motif.couleur}", f"est-{rdv.etat}"]
    classes += ["surnombre"] if bloc.is_surbooking else []
    classes += ["en-retard"] if bloc.get_retard(now) else []
    movable = can_traiter and rdv.etat in list_etats_ouverts()
    return BlocMontre(
        ident=ident, classes=" ".join(classes), heures=write_heures(bloc.debut, bloc.fin),
        debut=show_minute(bloc.debut), qui=name_usager(rdv), quoi=rdv.motif.libelle, etat=word, icone=icon,
        url="" if bloc.is_option else reverse("rendezvous:fiche", args=[slug, rdv.pk]),
        deplacer_url=reverse("rendezvous:deplacer", args=[slug, rdv.pk]) if movable else "",
        battement=write_place(bloc.fin, bloc.libre_a) if bloc.libre_a > bloc.fin else "",
    )  # fmt: skip


def name_usager(rdv: RendezVous) -> str:
    """Return who comes; a slot held online has nobody yet."""
    return str(rdv.usager) if rdv.usager is not None else "Créneau retenu"


def describe_etat(bloc: Bloc, now: datetime) -> tuple[str, str]:
    """Return (words, icon) of what matters: late, present, over; nothing for an appointment simply to come."""
    rdv = bloc.rendezvous
    assert rdv is not None  # noqa: S101 the caller has just looked
    late = bloc.get_retard(now)
    words = [f"en retard de {write_duree(late * 60)}"] if late else []
    if rdv.etat == Etat.OPTION:
        words = ["en cours de réservation"]
    elif rdv.etat in ICONES:
        words = [rdv.get_etat_display().lower()]
    words += ["en surnombre"] if bloc.is_surbooking else []
    icon = "exclamation-triangle" if late else ICONES.get(Etat(rdv.etat), "hourglass-split" if words else "")
    return ", ".join(words), "plus-square" if icon == "hourglass-split" and bloc.is_surbooking else icon
