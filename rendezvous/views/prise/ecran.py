"""One drawing of the booking screen: what was chosen, its forms, what was refused."""

from dataclasses import dataclass, field
from uuid import uuid4

from demandes.forms import FormulaireNouvelUsager
from rendezvous.forms_prise import FormulairePrise, FormulaireSurnombre
from rendezvous.prise.choix import Choix
from rendezvous.prise.libres import Heure
from rendezvous.prise.pointe import Pointe


@dataclass
class Ecran:
    """`refus`: the sentence above the slots; `alternatives`: the nearest free ones.

    `qui_manque`, `motif_manque`: nobody, nothing was chosen. `has_doute`, `doutes`: France Titres objects.
    """

    choix: Choix
    form: FormulairePrise
    personne: FormulaireNouvelUsager
    surnombre: FormulaireSurnombre
    pointe: Pointe | None = None
    refus: str = ""
    alternatives: list[Heure] = field(default_factory=list)
    qui_manque: str = ""
    motif_manque: str = ""
    has_doute: bool = False
    status: int = 422
    doutes: list[str] = field(default_factory=list)

    def refuse(self, phrase: str, *, status: int) -> None:
        """Say why nothing was done."""
        self.refus, self.status = phrase, status

    def renew_clef(self) -> None:
        """Another intent begins: the key of the form has served."""
        self.form.data = dict(self.form.data.items()) | {"clef": str(uuid4())}

    @property
    def has_erreurs(self) -> bool:
        """True when the title of the page must say so."""
        return bool(self.refus or self.qui_manque or self.motif_manque or self.form.errors or self.surnombre.errors)
