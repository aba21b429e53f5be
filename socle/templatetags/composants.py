"""Components of every screen, described in docs/composants.md and shown at /composants/.

Each tag prepares the context of one file of templates/composants/; `**attributs` become HTML attributes.
"""

from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template import Context
from django.utils import timezone
from django.utils.safestring import SafeString

from socle.ecriture import write_echeance, write_jour_court
from socle.rendu import icon_svg, write_attributs
from socle.templatetags import blocs
from socle.toasts import ANNULER

register = template.Library()
register.tags |= blocs.register.tags

ICONES_DES_TONS = {
    "info": "circle-half",
    "alerte": "exclamation-circle",
    "retard": "exclamation-triangle",
    "bon": "check-lg",
    "neutre": "",
}
CANAUX = {
    "guichet": ("person-square", "Au guichet"),
    "telephone": ("telephone", "Téléphone"),
    "courriel": ("envelope", "Courriel"),
    "courrier": ("mailbox", "Courrier"),
    "sms": ("chat-left-text", "SMS"),
    "formulaire": ("globe2", "Formulaire en ligne"),
    "reseau": ("people", "Réseau social"),
    "transfert": ("building", "Autre collectivité"),
    "widget": ("window", "Site de la ville"),
    "api": ("link-45deg", "Application"),
    "agent": ("person-badge", "Agent"),
    "rendezvous": ("calendar-event", "Rendez-vous"),
    "systeme": ("robot", "Automatique"),
}
PAGES = ("page", "avant", "apres", "curseur")  # parameters that lose their meaning when the order changes
SEUIL_ALERTE = 75  # percent of a deadline gone


@register.simple_tag
def icone(nom: str, libelle: str = "", classe: str = "") -> SafeString:
    """Draw an icon of the sprite; with `libelle` it speaks, without it is decorative."""
    return icon_svg(nom, libelle=libelle, classe=classe)


@register.inclusion_tag("composants/bouton.html")
def bouton(
    libelle: str, variante: str = "", *, url: str = "", icone: str = "", touche: str = "", **attributs: Any
) -> dict[str, Any]:
    """A button, or a link that looks like one when `url` is given."""
    type_ = attributs.pop("type", "submit")
    if touche:
        attributs |= {"data_guichet_touche": touche, "aria_keyshortcuts": touche}
    if "nom" in attributs:
        attributs |= {"name": attributs.pop("nom"), "value": attributs.pop("valeur", "")}
    return {
        "libelle": libelle, "variante": variante, "url": url, "icone": icone, "touche": touche, "type": type_,
        "attributs": write_attributs(attributs),
    }  # fmt: skip


@register.inclusion_tag("composants/etiquette.html")
def etiquette(libelle: str, ton: str = "neutre", icone: str | None = None, titre: str = "") -> dict[str, Any]:
    """A state in a word, an icon and a colour."""
    ton = ton or "neutre"
    return {"libelle": libelle, "ton": ton, "titre": titre, "icone": ICONES_DES_TONS[ton] if icone is None else icone}


@register.inclusion_tag("composants/canal.html")
def canal(code: str, libelle: str = "", *, texte: bool = False) -> dict[str, Any]:
    """The round mark of a channel; the word shows when `texte`, else it is read aloud only."""
    icon, word = CANAUX[code]
    return {"icone": icon, "libelle": libelle or word, "texte": texte}


@register.inclusion_tag("composants/onglets.html")
def onglets(liste: list[Any], libelle: str, **attributs: Any) -> dict[str, Any]:
    """Tabs that are links: each is a page, the current one says so."""
    return {"liste": liste, "libelle": libelle, "attributs": write_attributs(attributs)}


@register.inclusion_tag("composants/pagination.html")
def pagination(precedent: str = "", suivant: str = "", texte: str = "", **attributs: Any) -> dict[str, Any]:
    """Previous and next page of a keyset list."""
    return {"precedent": precedent, "suivant": suivant, "texte": texte, "attributs": write_attributs(attributs)}


@register.inclusion_tag("composants/colonne.html", takes_context=True)
def colonne(
    context: Context, libelle: str, clef: str = "", parametre: str = "tri", *, nombre: bool = False, **attributs: Any
) -> dict[str, Any]:
    """A table head that sorts: a second click turns the order round."""
    request: HttpRequest = context["request"]
    current = request.GET.get(parametre, "")
    state = {clef: "ascending", f"-{clef}": "descending"}.get(current, "") if clef else ""
    query = request.GET.copy()
    for name in PAGES:
        query.pop(name, None)
    query[parametre] = f"-{clef}" if state == "ascending" else clef
    return {
        "libelle": libelle, "clef": clef, "nombre": nombre, "etat": state, "url": f"?{query.urlencode()}",
        "attributs": write_attributs(attributs),
    }  # fmt: skip


@register.inclusion_tag("composants/echeance.html")
def echeance(libelle: str, instant: datetime, *, debut: datetime | None = None, **options: Any) -> dict[str, Any]:
    """A deadline: its day, what it means now, and the share gone. Options: detail, maintenant, suspendue, legale."""
    now = options.get("maintenant") or timezone.now()
    whole = (instant - debut).total_seconds() if debut else 0
    gone = min(100, max(0, round(100 * (now - debut).total_seconds() / whole))) if debut and whole > 0 else None
    words = write_echeance(instant, now=now)
    sens = "" if words == write_jour_court(instant, now=now) else words  # a far day is said once
    suspended = bool(options.get("suspendue"))
    ton = "neutre" if suspended else "retard" if now > instant else "alerte" if (gone or 0) >= SEUIL_ALERTE else "bon"
    return {
        "libelle": libelle, "instant": instant, "gone": gone, "sens": sens, "ton": ton, "maintenant": now,
        "suspendue": suspended, "detail": options.get("detail", ""), "legale": bool(options.get("legale")),
    }  # fmt: skip


@register.inclusion_tag("composants/recherche_boite.html")
def recherche_boite(
    url: str, valeur: str = "", *, libelle: str = "Rechercher", invite: str = "", nom: str = "q", cible: str = "",
    touche: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A search field in its GET form; `cible` is the id of the element that htmx refills while one types."""
    return {
        "url": url, "valeur": valeur, "libelle": libelle, "invite": invite, "nom": nom, "cible": cible,
        "touche": touche,
    }  # fmt: skip


@register.inclusion_tag("composants/progression.html")
def progression(etape: int, total: int, titre: str) -> dict[str, Any]:
    """The step a citizen is at, and the title of the page."""
    return {"etape": etape, "total": total, "titre": titre}


@register.simple_tag
def champ(field: BoundField, libelle: str = "", *, aide: bool = True, invite: bool = True) -> SafeString:
    """Draw one field of a form: label, hint, control, error; `libelle`, `aide`, `invite` overrule a library's form."""
    field.label = libelle or field.label
    if not aide:
        field.help_text = ""
    if not invite:
        field.field.widget.attrs.pop("placeholder", None)
    return field.as_field_group()


@register.inclusion_tag("composants/erreurs.html")
def erreurs(form: BaseForm) -> dict[str, Any]:
    """The summary of a refused form: each sentence leads to its field."""
    fields = [form[name] for name in form.errors if name in form.fields]
    lines = [(bound.id_for_label or bound.auto_id, bound.label, error) for bound in fields for error in bound.errors]
    return {"generales": form.non_field_errors(), "lignes": lines, "nombre": len(lines) + len(form.non_field_errors())}


@register.inclusion_tag("composants/toasts.html", takes_context=True)
def toasts_hors_bande(context: Context) -> dict[str, Any]:
    """Send the pending messages along with an htmx fragment."""
    return {"messages": context.get("messages", ()), "csrf_token": context.get("csrf_token", ""), "hors_bande": True}


@register.filter
def annuler_url(tags: str) -> str:
    """Return the address that undoes, carried by the tags of a message (see socle.toasts)."""
    return next((word.removeprefix(ANNULER) for word in (tags or "").split() if word.startswith(ANNULER)), "")


@register.filter
def ton_du_niveau(level_tag: str) -> str:
    """Return our tone for a level of django.contrib.messages."""
    return {"success": "bon", "warning": "alerte", "error": "retard"}.get(level_tag, "info")
