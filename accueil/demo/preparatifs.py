"""What agents prepared before the demonstration opens: reply templates, macros, rules, zones, a shared view, the mail
of the morning, waiting to be qualified.
"""

import io
from datetime import timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from demandes.actions.modeles import save_modele
from demandes.arrivees.actions import Identite, register_courrier
from demandes.arrivees.lots import deposit_lot, process_lot
from demandes.arrivees.separateurs import draw_code
from demandes.automates.actions import save_macro, save_regle, save_zone
from demandes.models import Macro, ModeleReponse, RegleAutomate, Vue, Zone
from demandes.travail.absences import save_absence

POLICE = settings.RACINE / "static/vendor/polices/atkinson-hyperlegible-next-latin-wght-normal.woff2"
PAGE = (1240, 1754)  # A4 at 150 dots an inch
BONJOUR = "Bonjour {{ usager }},\n"
MODELES: tuple[tuple[str, str, str | None, tuple[str, ...]], ...] = (
    (
        "Réparation programmée",
        "reparation",
        "Éclairage public",
        (
            BONJOUR,
            "Merci de nous avoir signalé ce problème. Nous passerons sous cinq jours ouvrés.",
            "Vous pouvez suivre votre demande {{ numero }} ici\u00a0: {{ lien_suivi }}",
        ),
    ),
    (
        "Transmis au service",
        "transmis",
        None,
        (
            BONJOUR,
            "Votre demande «\u00a0{{ objet }}\u00a0», reçue le {{ recue_le }}, est suivie par\u00a0: {{ service }}.",
            "{{ coordonnees }}",
            "{{ delai }}",
        ),
    ),
    (
        "Pièce manquante",
        "piece",
        None,
        (
            BONJOUR,
            "Il nous manque une pièce pour traiter votre demande {{ numero }}.",
            "Vous pouvez l'ajouter depuis {{ lien_suivi }}, ou l'apporter à l'accueil.",
        ),
    ),
    (
        "Acte envoyé",
        "acte",
        "État civil et citoyenneté",
        (BONJOUR, "L'acte demandé part ce jour par la poste, gratuitement.", "{{ agent }}"),
    ),
)
MACROS: tuple[tuple[str, list[dict[str, object]]], ...] = (
    (
        "Prioritaire, à voir demain",
        [
            {"geste": "prioriser", "parametres": {"priorite": "1"}},
            {"geste": "tache", "parametres": {"libelle": "Rappeler l'usager", "jours": "1"}},
        ],
    ),
    (
        "Sans suite, doublon",
        [
            {"geste": "note", "parametres": {"texte": "Déjà signalé."}},
            {"geste": "clore", "parametres": {"issue": "doublon"}},
        ],
    ),
)
LETTRES = (
    (("Mme Odile Kerbrat", "8 rue des Tanneurs", "29000 Aurelle"), "Trottoir dangereux devant l'école",
     ("Madame, Monsieur,", "", "Le trottoir de la rue des Tanneurs s'est affaissé devant l'école.",
      "Ma voisine y est tombée mardi. Pouvez-vous le faire réparer ?", "", "Odile Kerbrat")),
    (("Amicale des boulistes", "Place du Port", "29000 Aurelle"), "Demande de salle le 12 décembre",
     ("Madame la Maire,", "", "Nous souhaitons la salle Saint-Yves le samedi 12 décembre",
      "pour notre assemblée générale, de 14 h à 18 h, environ 60 personnes.", "", "Le président, Yvon Guéguen")),
    (("Société Éclats de Promo", "Zone des Affaires"), "PROFITEZ DE NOS OFFRES",
     ("-40 % sur les fenêtres jusqu'à dimanche !", "", "Offre réservée aux élus.")),
)  # fmt: skip


def prepare(ville: Ville, *, horloge: Horloge) -> None:
    """Set the workshop of a town; only the big one has one."""
    if ville.demo.slug != "aurelle":
        return
    _write_modeles(ville, horloge)
    _write_automates(ville, horloge)
    _share_vue(ville)
    _receive_mail(ville, horloge)
    save_absence(
        agent=ville.agents["yann.legoff"], debut_on=horloge.today + timedelta(days=20),
        fin_on=horloge.today + timedelta(days=30), suppleant=None, by=ville.acteur("yann.legoff"), at=horloge.at,
    )  # fmt: skip


def _write_modeles(ville: Ville, horloge: Horloge) -> None:
    for titre, raccourci, service, lignes in MODELES:
        modele = ModeleReponse(
            titre=titre,
            raccourci=raccourci,
            corps="\n".join(lignes),
            service=ville.services[service] if service else None,
        )
        save_modele(modele=modele, by=ville.acteur("paul.nguyen"), at=horloge.at)


def _write_automates(ville: Ville, horloge: Horloge) -> None:
    """One rule that routes, one that follows up, two macros, two districts."""
    by, at = ville.acteur("paul.nguyen"), horloge.at
    light, roads = ville.services["Éclairage public"], ville.services["Voirie et propreté"]
    for libelle, voies in (("Centre", "rue des Tanneurs\nplace du Port"), ("Les Ormes", "boulevard des Ormes")):
        save_zone(zone=Zone(libelle=libelle, voies=voies, service=roads), by=by, at=at)
    save_regle(
        regle=RegleAutomate(
            libelle="Lampadaires vers l'éclairage public", declencheur="reception", is_active=True, is_finale=True,
            conditions=[{"fait": "texte", "operateur": "un", "valeur": ["lampadaire", "éclairage"]}],
            actions=[{"geste": "affecter", "parametres": {"service": str(light.pk), "agent": ""}}],
        ),
        by=by, at=at,
    )  # fmt: skip
    for libelle, gestes in MACROS:
        save_macro(macro=Macro(libelle=libelle, actions=gestes), by=by, at=at)


def _share_vue(ville: Ville) -> None:
    Vue.objects.create(
        libelle="Urgentes", agent=ville.agents["ines.carpentier"], partage=Vue.Partage.COLLECTIVITE,
        filtres={"vue": "toutes", "priorite": "2"}, colonnes=["demandeur", "service", "etat", "echeance"],
    )  # fmt: skip


def _receive_mail(ville: Ville, horloge: Horloge) -> None:
    """The batch of this morning, scanned with separators; a registered letter noted by hand."""
    at, by = horloge.ago(0, "09:10"), ville.acteur("claire.morvan")
    agent_id = ville.agents["claire.morvan"].pk
    lot = deposit_lot(
        flux=io.BytesIO(_scan()),
        nom="courrier-du-matin.pdf",
        clef=_clef(ville, "lot"),
        agent_id=agent_id,
        by=by,
        at=at,
    )
    process_lot(collectivite_id=ville.collectivite.pk, lot_id=lot.pk, at=at + timedelta(minutes=1))
    register_courrier(
        identite=Identite(
            date_arrivee=at.date() - timedelta(days=1), nature="recommande_ar", numero_recommande="1A 200 456 7890 1",
            expediteur="SCI du Vieux-Port", objet="Contestation d'une redevance de terrasse",
            date_cachet=at.date() - timedelta(days=3),
        ),
        service=None, usager=None, clef=_clef(ville, "recommande"), agent_id=agent_id, by=by, at=at,
    )  # fmt: skip


def _clef(ville: Ville, quoi: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"guichet:{ville.demo.slug}:{quoi}")


def _scan() -> bytes:
    """Draw the batch as a scanner would give it."""
    pages = []
    for sender, objet, lines in LETTRES:
        pages += [_draw_separator(), _draw_letter(sender, objet, lines)]
    target = io.BytesIO()
    pages[0].save(target, format="PDF", save_all=True, append_images=pages[1:], resolution=150.0)
    return target.getvalue()


def _draw_letter(sender: tuple[str, ...], objet: str, lines: tuple[str, ...]) -> Image.Image:
    page = Image.new("L", PAGE, 252)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(POLICE, 30)
    pen.multiline_text((110, 120), "\n".join(sender), fill=30, font=font, spacing=12)
    pen.text((110, 460), f"Objet : {objet}", fill=20, font=font)
    pen.multiline_text((110, 600), "\n".join(lines), fill=30, font=font, spacing=18)
    return page


def _draw_separator() -> Image.Image:
    page = Image.new("L", PAGE, 252)
    page.paste(draw_code(taille=700), (270, 500))
    return page
