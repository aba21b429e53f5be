"""What is refused of a range, a motif or an unavailability, each with its sentence. Nothing is written here."""

from collections.abc import Collection
from datetime import date

from rendezvous.heures import MINUTES_JOUR
from rendezvous.models import Guichet, Indisponibilite, Motif, PlageMotif, PlageOuverture, RendezVous, Seance
from rendezvous.models.motif import DUREE_MAX, PERSONNES_MAX
from rendezvous.offre.blocs import check_blocs, check_heures_reelles
from rendezvous.offre.recurrence import check_regle, find_next_day
from rendezvous.offre.refus import BlocsRefuses, OffreRefusee
from socle.ecriture import write_jour

ANNEES = 10  # a first day farther than that is a slip of the keyboard


def check_plage(
    plage: PlageOuverture, motifs: Collection[Motif], *, avant: PlageOuverture | None, today: date
) -> None:
    """Accept a range; `avant` is what it was, None when it is new. Raises OffreRefusee.

    What was archived since stays where it was: only a new choice of it is refused.
    """
    check_regle(plage.regle)
    check_blocs([(start, end) for start, end in plage.blocs])
    _check_days(plage, today)
    _check_where(plage, avant)
    _check_motifs(plage, motifs, avant)


def _check_days(plage: PlageOuverture, today: date) -> None:
    if abs(plage.premier_on.year - today.year) > ANNEES:
        raise OffreRefusee(f"Le premier jour est à plus de {ANNEES}\u00a0ans\u00a0: vérifiez l'année.")
    if plage.jusqu_on is not None and plage.jusqu_on < plage.premier_on:
        raise OffreRefusee("Le dernier jour vient avant le premier\u00a0: vérifiez les dates.")
    if not plage.regle:
        hours = [(start, end) for start, end in plage.blocs]
        check_heures_reelles(hours, jour=plage.premier_on, fuseau=plage.lieu.fuseau)
        return
    _check_falls(plage.regle, plage.premier_on, plage.jusqu_on)


def _check_falls(regle: str, premier_on: date, jusqu_on: date | None) -> None:
    """Skipped days do not count here: a range may well be emptied day after day."""
    if find_next_day(regle, premier_on=premier_on, jusqu_on=jusqu_on, exceptions=(), du=premier_on) is None:
        first = write_jour(premier_on, annee=True)
        when = f"entre le {first} et le {write_jour(jusqu_on, annee=True)}" if jusqu_on else f"à partir du {first}"
        raise OffreRefusee(f"Cette répétition ne tombe aucun jour {when}\u00a0: vérifiez les jours choisis.")


def _check_where(plage: PlageOuverture, avant: PlageOuverture | None) -> None:
    if not plage.lieu.is_active and (avant is None or avant.lieu_id != plage.lieu_id):
        raise OffreRefusee(
            f"«\u00a0{plage.lieu.nom}\u00a0» n'est plus ouvert au public\u00a0: choisissez un autre lieu."
        )
    if not plage.ressource.is_active and (avant is None or avant.ressource_id != plage.ressource_id):
        raise OffreRefusee(f"{plage.ressource.nom} ne prend plus de rendez-vous\u00a0: choisissez qui reçoit.")
    own, counter = plage.ressource.guichet, plage.guichet
    if own is not None and counter is not None:
        raise OffreRefusee("Un guichet reçoit chez lui\u00a0: ne choisissez pas un second guichet.")
    if counter is not None and not counter.is_active and (avant is None or avant.guichet_id != counter.pk):
        raise OffreRefusee(
            f"«\u00a0{counter.libelle}\u00a0» n'est plus en service\u00a0: choisissez un autre guichet."
        )
    for each in (own, counter):
        if each is not None and each.lieu_id != plage.lieu_id:
            raise OffreRefusee(
                f"«\u00a0{each.libelle}\u00a0» n'est pas dans ce lieu\u00a0: choisissez un guichet du lieu."
            )


def _check_motifs(plage: PlageOuverture, motifs: Collection[Motif], avant: PlageOuverture | None) -> None:
    if not motifs:
        raise OffreRefusee("Choisissez au moins un motif\u00a0: sans motif, la plage n'offre aucun créneau.")
    kept: set[int] = set()
    if avant is not None:
        kept = set(PlageMotif.objects.filter(plage_id=avant.pk).values_list("motif_id", flat=True))
    for motif in motifs:
        if not motif.is_active and motif.pk not in kept:
            raise OffreRefusee(f"Le motif «\u00a0{motif.libelle}\u00a0» est archivé\u00a0: choisissez-en un autre.")
        if motif.is_collectif:
            raise OffreRefusee(
                f"«\u00a0{motif.libelle}\u00a0» est collectif\u00a0: ouvrez des séances, une plage ne l'offre pas."
            )


def check_motif(motif: Motif, *, avant: Motif | None) -> None:
    """Accept a motif; `avant` is what it was, None when it is new. Raises OffreRefusee."""
    if not 1 <= len(motif.durees) <= PERSONNES_MAX or not all(1 <= each <= DUREE_MAX for each in motif.durees):
        raise OffreRefusee(
            f"Donnez de 1 à {PERSONNES_MAX}\u00a0durées, chacune de 1 à {DUREE_MAX}\u00a0minutes, une par nombre de "
            "personnes."
        )
    if motif.delai_min_minutes >= motif.delai_max_jours * MINUTES_JOUR:
        raise OffreRefusee("Le délai minimal dépasse le délai maximal\u00a0: aucun créneau ne serait jamais offert.")
    if avant is not None and (avant.genre, avant.is_collectif) != (motif.genre, motif.is_collectif):
        _check_unused(motif)


def _check_unused(motif: Motif) -> None:
    if RendezVous.objects.filter(motif=motif).exists() or Seance.objects.filter(motif=motif).exists():
        raise OffreRefusee(
            "Ce motif a déjà des rendez-vous\u00a0: sa forme ne change plus. Archivez-le et créez-en un autre."
        )
    if motif.is_collectif and PlageMotif.objects.filter(motif=motif, plage__is_active=True).exists():
        raise OffreRefusee("Ce motif est offert dans des plages\u00a0: retirez-le d'abord de ces plages.")


def check_indisponibilite(rule: Indisponibilite, *, fuseau: str) -> None:
    """Accept an unavailability: one stretch, or a repetition, never both. Raises OffreRefusee."""
    check_regle(rule.regle)
    if rule.ressource_id is not None and rule.lieu_id is not None:
        raise OffreRefusee("Choisissez une personne, un guichet ou un lieu, pas les deux.")
    if rule.fin_on is not None and rule.fin_on < rule.debut_on:
        raise OffreRefusee("L'indisponibilité finit avant de commencer\u00a0: vérifiez les dates.")
    if rule.regle:
        check_blocs([(rule.debut_minute, rule.fin_minute)])
        _check_falls(rule.regle, rule.debut_on, rule.fin_on)
        return
    last = rule.fin_on or rule.debut_on
    if last == rule.debut_on:
        check_blocs([(rule.debut_minute, rule.fin_minute)])
    if not (0 <= rule.debut_minute < MINUTES_JOUR and 0 < rule.fin_minute <= MINUTES_JOUR):
        raise BlocsRefuses("Les heures vont de 0\u00a0h\u00a000 à 24\u00a0h\u00a000.")
    check_heures_reelles([(rule.debut_minute, rule.debut_minute)], jour=rule.debut_on, fuseau=fuseau)
    check_heures_reelles([(rule.fin_minute, rule.fin_minute)], jour=last, fuseau=fuseau)


def check_guichet(guichet: Guichet, *, avant: Guichet | None) -> None:
    """Accept a counter; `avant` is what it was, None when it is new. Raises OffreRefusee."""
    moved = avant is None or avant.lieu_id != guichet.lieu_id
    if moved and not guichet.lieu.is_active:
        raise OffreRefusee(
            f"«\u00a0{guichet.lieu.nom}\u00a0» n'est plus ouvert au public\u00a0: choisissez un autre lieu."
        )
    if avant is None or not moved:
        return
    ranges = PlageOuverture.objects.filter(is_active=True)
    if ranges.filter(guichet_id=guichet.pk).exists() or ranges.filter(ressource__guichet_id=guichet.pk).exists():
        raise OffreRefusee("Ce guichet a des plages dans son lieu\u00a0: retirez-les avant de le déplacer.")
