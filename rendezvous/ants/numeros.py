"""Pre-application numbers: their form, what the coordination says of them, what we answer to the person. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FORME = re.compile(r"[A-Z0-9]{10}")


class Statut(StrEnum):
    """What a number is worth, in the words of the coordination."""

    VALIDE = "validated"
    CONSOMME = "consumed"
    DECLARE = "declared"
    INCONNU = "unknown"
    EXPIRE = "expired"


REFUS = {
    Statut.CONSOMME: "Le dossier {numero} a déjà été instruit\u00a0: faites une nouvelle pré-demande.",
    Statut.DECLARE: "France Titres ne reconnaît pas encore le numéro {numero}. Vérifiez-le, ou réessayez plus tard.",
    Statut.INCONNU: "France Titres ne connaît pas le numéro {numero}. Vérifiez chaque caractère.",
    Statut.EXPIRE: "La pré-demande {numero} a expiré\u00a0: faites-en une nouvelle.",
}
EN_PANNE = (
    "France Titres ne répond pas\u00a0: nous ne pouvons pas vérifier votre numéro. Réessayez dans quelques minutes."
)


@dataclass(frozen=True)
class Ailleurs:
    """An appointment taken elsewhere with the same number. `le`: local time, as the coordination writes it."""

    lieu: str
    le: str
    url: str


@dataclass(frozen=True)
class Avis:
    """What is known of one number."""

    numero: str
    statut: Statut
    ailleurs: tuple[Ailleurs, ...] = ()

    @property
    def refus(self) -> str:
        """The sentence that refuses it; empty when the number is good."""
        return REFUS.get(self.statut, "").format(numero=self.numero)

    @property
    def mise_en_garde(self) -> str:
        """A warning that the person may ignore: they have an appointment elsewhere."""
        if not self.ailleurs or self.refus:
            return ""
        where = " ; ".join(f"{each.lieu}, le {each.le}" for each in self.ailleurs)
        return (
            f"Un autre rendez-vous est déjà pris avec le numéro {self.numero}\u00a0: {where}. "
            "Pensez à annuler celui que vous ne gardez pas."
        )


def normalise_numero(texte: str) -> str:
    """Return the number as France Titres writes it, spaces and case mended; empty when it has another form."""
    numero = re.sub(r"[\s.-]", "", texte).upper()
    return numero if FORME.fullmatch(numero) else ""


def read_avis(reponse: Any, numeros: Sequence[str]) -> list[Avis]:
    """Read the answer of `status`: {number: {status, appointments}}. A number left out is unknown.

    Raises ValueError for an answer of another shape.
    """
    if not isinstance(reponse, Mapping):
        raise ValueError("status")  # noqa: TRY004 a bad answer, whatever its type
    return [_read_one(numero, reponse.get(numero, {})) for numero in numeros]


def _read_one(numero: str, said: Any) -> Avis:
    try:
        statut = Statut(said.get("status", Statut.INCONNU))
        rows = [
            Ailleurs(str(row["meeting_point"]), str(row["appointment_date"]), str(row.get("management_url") or ""))
            for row in said.get("appointments") or ()
        ]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("status") from error
    return Avis(numero, statut, tuple(rows))
