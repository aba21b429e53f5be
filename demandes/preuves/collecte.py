"""Gathering the evidence: each section reads its tables once. Nothing of another demande is ever printed, save the
number of those it is tied to, when they are not sealed apart."""

import hashlib
from collections.abc import Sequence

from collectivites.domaines import RESERVES
from demandes.accuses.mentions import LIBELLES, Mention, list_required
from demandes.catalogue.formulaire import describe
from demandes.catalogue.schema import SchemaInvalide, read_schema
from demandes.models import (
    AccuseReception,
    Avis,
    CourrierArrivee,
    CourrierDepart,
    Demande,
    DemandeComplement,
    Echeance,
    Lien,
    Message,
    PartieDemande,
    PieceJointe,
    Suspension,
    Transfert,
)
from demandes.preuves.page import Bloc, Section, Tableau, keep, shorten, write_exact
from demandes.preuves.versions import list_versions
from demandes.travail.affectations import list_passages
from journal.models import Evenement
from journal.phrases import tell
from messagerie.models import Envoi
from socle.ecriture import write_taille

SOMME = "SHA-256"


def collect(demande: Demande, *, has_internes: bool) -> list[Section]:
    """Return the sections of the pack, about twenty queries. Internal notes and the journal's agents only if asked."""
    pieces = list(PieceJointe.objects.filter(message__demande=demande).select_related("message").order_by("pk"))
    return [
        _tell_demande(demande),
        _tell_parties(demande),
        _tell_dates(demande),
        _tell_messages(demande, pieces, has_internes=has_internes),
        _tell_accuses(demande),
        _tell_lettres(demande),
        _tell_concours(demande),
        Section("Versions de la demande", "versions", tableaux=[
            Tableau("Chaque changement, tel que la base de données l'a gardé",
                    ("Quand", "Version", "Donnée", "Avant", "Après"), list_versions(demande)),
        ]),
        _tell_passages(demande),
        _tell_journal(demande),
        _tell_pieces(pieces, has_internes=has_internes),
    ]  # fmt: skip


def _tell_demande(demande: Demande) -> Section:
    type_ = f"{demande.type.thematique.libelle} › {demande.type.libelle}" if demande.type else "sans type"
    facts = keep([
        ("Numéro", demande.numero), ("Objet", demande.objet), ("Type", type_),
        ("Nature", demande.get_nature_display()), ("État", demande.get_etat_display()),
        ("Issue", demande.get_issue_display() if demande.issue else ""),
        ("Canal d'arrivée", demande.get_canal_display()), ("Reçue le", write_exact(demande.received_at)),
        ("Reçue ici le", write_exact(demande.competente_at)), ("Saisie le", write_exact(demande.created_at)),
        ("Close le", write_exact(demande.closed_at)),
        ("Service", demande.service.nom if demande.service else ""),
        ("Agent", str(demande.agent) if demande.agent else ""), ("Lieu", demande.lieu), ("Zone", demande.zone),
        ("Description", shorten(demande.description)),
    ])  # fmt: skip
    answers = [Tableau("Réponses au formulaire", ("Question", "Réponse"), _read_reponses(demande))]
    return Section("La demande", "demande", faits=facts, tableaux=answers)


def _read_reponses(demande: Demande) -> Sequence[tuple[str, ...]]:
    if not demande.reponses:
        return []
    version = demande.version_formulaire
    try:
        return describe(read_schema(version.schema), demande.reponses) if version else []
    except SchemaInvalide:
        return [(code, str(value)) for code, value in demande.reponses.items()]


def _tell_parties(demande: Demande) -> Section:
    rows = PartieDemande.objects.filter(demande=demande).select_related("usager").order_by("pk")
    lines = [
        (each.get_role_display(), each.usager.nom_complet, each.usager.get_nature_display(),
         each.usager.get_verification_display() if each.usager.is_personne else "")
        for each in rows
    ]  # fmt: skip
    table = Tableau("Qui demande, pour qui", ("Rôle", "Nom", "Nature", "Identité"), lines)
    return Section("Les parties", "parties", tableaux=[table], vide="Aucun demandeur n'est identifié.")


def _tell_dates(demande: Demande) -> Section:
    dates = Echeance.objects.filter(demande=demande).order_by("due_at", "pk")
    blocs = [
        Bloc(
            each.get_nature_display() + (f" ({each.effet})" if each.effet else ""),
            keep([
                ("Échéance", write_exact(each.due_at) or ("suspendue" if each.is_suspendue else "aucune")),
                ("Texte", each.base), ("Atteinte le", write_exact(each.met_at)),
            ]),
            "\n".join(str(line) for line in each.explication),
        )
        for each in dates
    ]  # fmt: skip
    stops = [
        (each.get_cause_display(), write_exact(each.debut_at), write_exact(each.fin_at) or "en cours",
         "oui" if each.is_legale else "non", write_exact(each.delai_on))
        for each in Suspension.objects.filter(demande=demande).order_by("debut_at", "pk")
    ]  # fmt: skip
    table = Tableau("Suspensions", ("Cause", "Depuis", "Jusqu'à", "Arrête le délai légal", "Délai accordé"), stops)
    return Section("Les dates et leur calcul", "dates", tableaux=[table], blocs=blocs, vide="Aucune échéance.")


def _tell_messages(demande: Demande, pieces: list[PieceJointe], *, has_internes: bool) -> Section:
    rows = Message.objects.filter(demande=demande).select_related("entree").order_by("at", "pk")
    messages = [each for each in rows if has_internes or each.sens != Message.Sens.INTERNE]
    envois = Envoi.objects.in_bulk([each.envoi_id for each in messages if each.envoi_id])
    files: dict[int, list[str]] = {}
    for piece in pieces:
        files.setdefault(piece.message_id, []).append(f"{piece.nom} ({SOMME}\u00a0: {piece.empreinte})")
    blocs = [_tell_message(each, envois.get(each.envoi_id or 0), files.get(each.pk, [])) for each in messages]
    return Section("Les échanges", "echanges", blocs=blocs, vide="Aucun échange.")


def _tell_message(message: Message, envoi: Envoi | None, files: list[str]) -> Bloc:
    facts = [
        ("Canal", message.get_canal_display()),
        ("De" if message.sens == Message.Sens.ENTRANT else "Par", message.expediteur_libelle),
        ("Adresse", message.adresse), ("Message-ID", message.message_id),
        ("Original reçu", f"{SOMME}\u00a0: {message.entree.empreinte}" if message.entree else ""),
        ("Pièces", "\u00a0; ".join(files)),
    ]  # fmt: skip
    if envoi is not None:
        facts += [
            ("Remise", envoi.get_etat_display()), ("Parti le", write_exact(envoi.sent_at)),
            ("Sort connu le", write_exact(envoi.settled_at)), ("Référence de remise", envoi.fournisseur_ref),
            ("Raison", envoi.erreur),
        ]  # fmt: skip
    kind = " automatique" if message.is_automatique else ""
    title = f"{write_exact(message.at)} – {message.get_sens_display()}{kind}"
    return Bloc(title, keep(facts), shorten(message.texte_complet or message.texte))


def _tell_accuses(demande: Demande) -> Section:
    rows = AccuseReception.objects.filter(demande=demande).order_by("issued_at", "pk")
    return Section(
        "Les accusés",
        "accuses",
        blocs=[_tell_accuse(each, demande) for each in rows],
        vide="Aucun accusé n'a été émis.",
    )


def _tell_accuse(accuse: AccuseReception, demande: Demande) -> Bloc:
    carried = [LIBELLES[Mention(code)] for code in accuse.mentions]
    absent = [
        LIBELLES[each] for each in list_required(accuse.nature, demande.type) if each.value not in accuse.mentions
    ]
    same = hashlib.sha256(accuse.texte.encode()).hexdigest() == accuse.empreinte
    facts = [
        ("Canal", accuse.canal), ("Destinataire", accuse.destinataire),
        ("Accuse réception du", write_exact(accuse.received_at)), ("Émis le", write_exact(accuse.issued_at)),
        ("Mentions portées", ", ".join(carried)), ("Mentions absentes", ", ".join(absent)),
        (f"{SOMME} du texte", accuse.empreinte), ("Vérification", "conforme" if same else "NON CONFORME"),
    ]  # fmt: skip
    return Bloc(accuse.get_nature_display(), keep(facts), accuse.texte)


def _tell_lettres(demande: Demande) -> Section:
    sent = [
        (each.chrono, each.destinataire, each.objet, each.get_etat_display(), write_exact(each.created_at),
         write_exact(each.printed_at), write_exact(each.posted_at), each.empreinte or "à composer")
        for each in CourrierDepart.objects.filter(demande=demande).order_by("created_at", "pk")
    ]  # fmt: skip
    came = [
        (each.chrono, each.get_nature_display(), each.expediteur, write_exact(each.date_courrier),
         write_exact(each.date_cachet), write_exact(each.date_arrivee), each.entree.empreinte if each.entree else "")
        for each in CourrierArrivee.objects.filter(demande=demande).select_related("entree").order_by("pk")
    ]  # fmt: skip
    head = ("N° chrono", "Destinataire", "Objet", "État", "Écrite le", "Imprimée le", "Postée le", SOMME)
    back = ("N° chrono", "Nature", "Expéditeur", "Datée du", "Cachet", "Arrivée", SOMME)
    tables = [Tableau("Courrier départ", head, sent), Tableau("Courrier arrivée", back, came)]
    return Section("Le courrier", "courrier", tableaux=tables, vide="Aucune lettre.")


def _tell_concours(demande: Demande) -> Section:
    asked = [
        (each.get_motif_display(), write_exact(each.asked_at), write_exact(each.delai_on),
         write_exact(each.answered_at), write_exact(each.cancelled_at))
        for each in DemandeComplement.objects.filter(demande=demande).order_by("asked_at", "pk")
    ]  # fmt: skip
    opinions = [
        (each.nom, each.question, write_exact(each.asked_at), write_exact(each.answered_at) or "–", each.reponse)
        for each in Avis.objects.filter(demande=demande).order_by("asked_at", "pk")
    ]  # fmt: skip
    moved = [
        (each.organisme, each.motif, write_exact(each.at), each.get_etat_display(), each.cible_numero)
        for each in Transfert.objects.filter(demande=demande).order_by("at", "pk")
    ]  # fmt: skip
    tables = [
        Tableau("Compléments demandés", ("Motif", "Demandés le", "À fournir le", "Reçus le", "Annulés le"), asked),
        Tableau("Avis", ("À qui", "Question", "Demandé le", "Reçu le", "Réponse"), opinions),
        Tableau("Transferts", ("À qui", "Motif", "Le", "État", "N° là-bas"), moved),
        Tableau("Demandes liées", ("Lien", "Demande"), _list_liens(demande)),
    ]
    return Section(
        "Compléments, avis, transferts", "concours", tableaux=tables, vide="Rien n'a été demandé à d'autres."
    )


def _list_liens(demande: Demande) -> Sequence[tuple[str, ...]]:
    """A demande sealed in another domain is not named."""
    links = Lien.objects.select_related("de", "vers")
    rows = [*links.filter(de=demande), *links.filter(vers=demande)]
    others = [(each, each.vers if each.de_id == demande.pk else each.de) for each in rows]
    return [
        (each.get_genre_display(), other.numero)
        for each, other in others
        if other.domaine not in RESERVES or other.domaine == demande.domaine
    ]


def _tell_passages(demande: Demande) -> Section:
    lines = [
        (write_exact(each.at), each.get_genre_display(), str(each.de_service or "–"), str(each.de_agent or "–"),
         str(each.vers_service or "–"), str(each.vers_agent or "–"), str(each.par or "Guichet"), each.motif)
        for each in reversed(list_passages(demande))
    ]  # fmt: skip
    head = ("Quand", "Genre", "Du service", "De l'agent", "Au service", "À l'agent", "Par", "Motif")
    table = Tableau("De main en main, depuis l'arrivée", head, lines)
    return Section("Les affectations", "affectations", tableaux=[table], vide="La demande n'a pas changé de mains.")


def _tell_journal(demande: Demande) -> Section:
    rows = Evenement.objects.about("demande", demande.pk).order_by("at", "pk")
    lines = [(write_exact(each.at), each.acteur_libelle, tell(each)) for each in rows]
    return Section("Le journal", "journal", tableaux=[Tableau("Chaque geste", ("Quand", "Qui", "Quoi"), lines)])


def _tell_pieces(pieces: list[PieceJointe], *, has_internes: bool) -> Section:
    shown = [each for each in pieces if has_internes or each.message.sens != Message.Sens.INTERNE]
    lines = [
        (each.nom, each.type_mime, write_taille(each.octets), write_exact(each.message.at), each.get_analyse_display(),
         each.empreinte)
        for each in shown
    ]  # fmt: skip
    table = Tableau("Fichiers reçus et envoyés", ("Nom", "Type", "Taille", "Du message du", "Antivirus", SOMME), lines)
    return Section("Les pièces", "pieces", tableaux=[table], vide="Aucun fichier.")
