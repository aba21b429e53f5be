"""What a template draws of the agenda: words, classes and addresses, nothing to compute any more."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from collectivites.models.organisation import show_minute
from rendezvous.agenda.blocs import Bloc
from rendezvous.agenda.disposition import Voie, lay_out, show_fin, write_place
from rendezvous.agenda.lecture import Colonne, list_etats_ouverts
from rendezvous.etats import Etat
from socle.ecriture import ESPACE, write_duree

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

    @property
    def resume(self) -> str:
        """What the head says: « 9 h – 12 h 30, 14 h – 17 h »."""
        if self.colonne.fermee:
            return self.colonne.fermee
        opened = ", ".join(_write_court(each.debut, each.fin) for each in self.colonne.ouvertures)
        return opened or "Pas d'ouverture"

    @property
    def compte(self) -> str:
        """« 6 rendez-vous »."""
        return f"{self.colonne.promis}{ESPACE}rendez-vous" if self.colonne.promis else "libre"

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


def show_colonne(colonne: Colonne, *, slug: str, echelle: int, can_traiter: bool, now: datetime) -> ColonneMontree:
    """Draw a column: openings behind, then closures and blocks in order of hour."""
    lanes = lay_out([(bloc.debut, show_fin(bloc.debut, bloc.fin, echelle)) for bloc in colonne.blocs])
    shown: list[tuple[tuple[int, int], BlocMontre | FondMontre]] = [
        ((bloc.debut, 1), show_bloc(bloc, lane, slug=slug, echelle=echelle, can_traiter=can_traiter, now=now))
        for bloc, lane in zip(colonne.blocs, lanes, strict=True)
    ]
    shown += [((each.debut, 0), _show_fond(each)) for each in colonne.fonds if each.genre == "ferme"]
    minute = colonne.maintenant
    return ColonneMontree(
        colonne=colonne, ident=f"{colonne.ressource.pk}-{colonne.jour:%Y%m%d}",
        ouverts=[_show_fond(each) for each in colonne.fonds if each.genre == "ouvert"],
        elements=[element for _, element in sorted(shown, key=lambda pair: pair[0])],
        maintenant="" if minute is None else write_place(minute, minute),
    )  # fmt: skip


def _show_fond(fond: object) -> FondMontre:
    debut, fin, libelle = fond.debut, fond.fin, fond.libelle  # type: ignore[attr-defined]
    whole = (debut, fin) == (0, 24 * 60)
    return FondMontre(write_place(debut, fin), libelle, "toute la journée" if whole else write_heures(debut, fin))


def show_bloc(
    bloc: Bloc, lane: Voie, *, slug: str, echelle: int, can_traiter: bool, now: datetime
) -> BlocMontre:  # fmt: skip
    """Draw a block: an appointment, a session, or taken time."""
    place = write_place(bloc.debut, show_fin(bloc.debut, bloc.fin, echelle), lane)
    hours, start = write_heures(bloc.debut, bloc.fin), show_minute(bloc.debut)
    ident = f"b-{bloc.ressource_id}-{bloc.debut_at:%y%m%d%H%M}-{lane.rang}"
    if bloc.seance is not None:
        seance = bloc.seance
        return BlocMontre(
            ident, f"{place} c{seance.motif.couleur}", hours, start, qui=seance.titre or seance.motif.libelle,
            quoi="Séance collective", etat=f"{seance.inscrits} inscrits sur {seance.places}", icone="people",
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


def name_usager(rdv: object) -> str:
    """Return who comes; a slot held online has nobody yet."""
    usager = rdv.usager  # type: ignore[attr-defined]
    return str(usager) if usager is not None else "Créneau retenu"


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
