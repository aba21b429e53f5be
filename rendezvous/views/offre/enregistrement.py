"""From the form of a range to its writing: the whole range, from a day on, or one day taken out of it."""

import hashlib
from copy import copy
from datetime import date, datetime
from typing import Any

from collectivites.acteur import Acteur
from rendezvous.forms_offre_plage import CELLE_CI, SUIVANTES, FormulairePlage
from rendezvous.models import PlageOuverture
from rendezvous.offre.actions import PlageEnregistree, find_ressource, save_plage, skip_day, split_plage
from rendezvous.offre.orphelins import find_orphelins, list_tenus
from rendezvous.offre.relecture import lock_offre

CHAMPS = ("lieu", "guichet", "libelle", "premier_on", "regle", "jusqu_on", "capacite", "is_ferie_travaille")


class AConfirmer(Exception):
    """The range is lawful and doubtful: its writing is undone until somebody says yes to these sentences."""

    def __init__(self, avertissements: list[str]) -> None:
        self.avertissements = avertissements
        super().__init__(" ".join(avertissements))


def save_form(form: FormulairePlage, *, confirme: str, by: Acteur, at: datetime) -> PlageEnregistree:
    """Write what a valid form says, in the caller's transaction. Raises AConfirmer, OffreRefusee, VersionPerimee.

    `confirme`: fingerprint of the doubts already accepted; another doubt asks again.
    """
    champs = {name: form.cleaned_data[name] for name in CHAMPS}
    champs |= {"blocs": [list(bloc) for bloc in form.cleaned_data["blocs"]], "ressource": _find_ressource(form)}
    write = {CELLE_CI: _save_day, SUIVANTES: _save_following}.get(form.portee, _save_all)
    done = write(form, champs, by=by, at=at)
    if done.avertissements and confirme != fingerprint(done.avertissements):
        raise AConfirmer(done.avertissements)
    return done


def fingerprint(avertissements: list[str]) -> str:
    """Return what stands for these sentences in a form."""
    return hashlib.sha256("\n".join(sorted(avertissements)).encode()).hexdigest()[:16]


def _find_ressource(form: FormulairePlage) -> Any:
    qui = form.cleaned_data["qui"]
    return find_ressource(agent=qui.agent, guichet=qui.guichet)


def _links(form: FormulairePlage) -> dict[str, Any]:
    return {"motifs": form.cleaned_data["motifs"], "zones": list(form.cleaned_data["zones"])}


def _save_all(form: FormulairePlage, champs: dict[str, Any], *, by: Acteur, at: datetime) -> PlageEnregistree:
    plage = copy(form.instance)
    plage._state = copy(form.instance._state)  # noqa: SLF001 what the page shows must not change with the copy
    plage._state.fields_cache = dict(plage._state.fields_cache)  # noqa: SLF001
    for name, value in champs.items():
        setattr(plage, name, value)
    return save_plage(plage=plage, version=_version(form), by=by, at=at, **_links(form))


def _save_following(form: FormulairePlage, champs: dict[str, Any], *, by: Acteur, at: datetime) -> PlageEnregistree:
    champs = {name: value for name, value in champs.items() if name != "premier_on"}
    return split_plage(
        plage=form.instance,
        a_partir_on=_jour(form),
        champs=champs,
        version=_version(form),
        by=by,
        at=at,
        **_links(form),
    )


def _save_day(form: FormulairePlage, champs: dict[str, Any], *, by: Acteur, at: datetime) -> PlageEnregistree:
    """That day leaves the range for one of its own; what neither holds any more is told."""
    lock_offre({form.instance.ressource_id, champs["ressource"].pk})
    held = list_tenus([form.instance.ressource_id], at=at)
    skip_day(plage=form.instance, jour=_jour(form), version=_version(form), by=by, at=at)
    done = save_plage(plage=PlageOuverture(**champs), version=0, by=by, at=at, **_links(form))
    return PlageEnregistree(done.plage, done.avertissements, find_orphelins(held))


def _version(form: FormulairePlage) -> int:
    return form.cleaned_data["version"] or 0


def _jour(form: FormulairePlage) -> date:
    if form.jour is None:
        raise ValueError("portee")
    return form.jour
