"""Where a demande may be answered: the contacts of its usager, and the addresses that wrote in its conversation."""

from dataclasses import dataclass

from citoyens.models import LienContact, PointContact, Usager
from demandes.models import Demande, Message
from socle.telephone import NumeroIllisible, parse_numero, show_numero

Nature = PointContact.Nature


@dataclass(frozen=True)
class Adresse:
    """One way to reach somebody. `canal` ∈ courriel, sms, telephone, courrier; `echec`: messages come back from it."""

    canal: str
    valeur: str
    echec: bool = False
    is_prefere: bool = False

    @property
    def lisible(self) -> str:
        """As people read it: « 06 39 98 12 34 »."""
        return show_numero(self.valeur) if self.canal in {"sms", "telephone"} else self.valeur


CANAUX_D_UN_POINT: dict[str, tuple[str, ...]] = {
    Nature.COURRIEL: ("courriel",),
    Nature.MOBILE: ("sms", "telephone"),
    Nature.FIXE: ("telephone",),
    Nature.ADRESSE: ("courrier",),
}


def read_adresses(usager: Usager | None) -> list[Adresse]:
    """Return the addresses of the usager, the preferred first (one query, none when prefetched or unknown)."""
    if usager is None:
        return []
    links = list(usager.liens_contact.all()) if _is_prefetched(usager) else list(_links(usager))
    found = [
        Adresse(canal, link.point.normalisee if canal != "courrier" else link.point.valeur,
                echec=link.point.failing_since is not None, is_prefere=link.is_prefere)
        for link in links
        for canal in CANAUX_D_UN_POINT[link.point.nature]
    ]  # fmt: skip
    return sorted(found, key=lambda adresse: (adresse.echec, not adresse.is_prefere))


def _is_prefetched(usager: Usager) -> bool:
    return "liens_contact" in getattr(usager, "_prefetched_objects_cache", {})


def _links(usager: Usager) -> "list[LienContact]":
    return list(LienContact.objects.filter(usager=usager).select_related("point").order_by("-is_prefere", "pk"))


def list_destinataires(demande: Demande, adresses: list[Adresse], messages: list[Message]) -> list[Adresse]:
    """Return who a reply may go to: the address that wrote last first, then those of the usager, each once."""
    wrote = [
        Adresse(canal, message.adresse)
        for message in reversed(messages)
        if message.sens == Message.Sens.ENTRANT and (canal := _find_way_back(message))
    ]
    failing = {(each.canal, each.valeur) for each in adresses if each.echec}
    seen: dict[tuple[str, str], Adresse] = {}
    for each in [*wrote, *adresses]:
        key = (each.canal, each.valeur.lower())
        seen.setdefault(key, Adresse(each.canal, each.valeur, echec=key in failing, is_prefere=each.is_prefere))
    return sorted(seen.values(), key=lambda each: each.echec)


def _find_way_back(message: Message) -> str:
    """Return the channel that answers a message received, "" when there is none; a form on the web gave an e-mail."""
    if message.canal == "formulaire":
        return "courriel" if "@" in message.adresse else ""
    return message.canal if message.adresse and message.canal in {"courriel", "sms"} else ""


def normalise_adresse(canal: str, valeur: str) -> str:
    """Return the form under which two addresses are the same one."""
    if canal != "sms":
        return valeur.strip().lower()
    try:
        return parse_numero(valeur)
    except NumeroIllisible:
        return valeur.strip()


def choose_accuse(
    *, canal: str, mode_reponse: str, adresse: str, adresses: list[Adresse], is_electronique_refuse: bool = False
) -> Adresse | None:
    """Return where the acknowledgement goes: the address that wrote, else the wished way, else what is known.

    Source: CRPA R112-11-3. A letter is answered by letter, unless the usager wished otherwise; whoever refuses
    electronic answers (L112-14) gets letters only. None when nothing usable is known: an address whose messages come
    back is not tried.
    """
    postal = next((each for each in adresses if each.canal == "courrier" and not each.echec), None)
    if is_electronique_refuse:
        return postal
    if canal in {"courriel", "formulaire"} and "@" in adresse:
        return Adresse("courriel", adresse)
    if canal == "sms" and adresse:
        return Adresse("sms", adresse)
    usable = [each for each in adresses if each.canal in {"courriel", "sms"} and not each.echec]
    wished = [each for each in usable if each.canal == mode_reponse]
    if canal == "courrier" and not wished and postal is not None:
        return postal
    return next(iter(wished or usable), None)


def list_modes(adresses: list[Adresse]) -> list[str]:
    """Return the ways to answer that the known contacts allow; « sur place » is always possible."""
    known = {each.canal for each in adresses if not each.echec}
    return [mode for mode in ("courriel", "sms", "telephone", "courrier") if mode in known] + ["sur_place"]
