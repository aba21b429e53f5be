"""When Guichet writes about an appointment, and the default French texts. The defaults of SMS are written to hold in
one part of 160 signs with ordinary names (two at most), link included."""

from messagerie.textes import COURRIEL, SMS, Occasion, Texte, declare

NB = "\u00a0"
LIEN = "https://guichet.example/usager/aurelle/rendez-vous/gerer/xxxx/"
_DETAILS = (
    f"Motif{NB}: Carte d'identité\nDate{NB}: mardi 24{NB}novembre 2026 à 9{NB}h{NB}40 (20{NB}min)\n"
    f"Lieu{NB}: Hôtel de ville, 1 place de la République, 54000 Aurelle, Guichet 3\nService{NB}: État civil"
)
_VILLE = {"collectivite": ("Nom de la collectivité", "Mairie d'Aurelle")}
_RENDEZVOUS = _VILLE | {
    "usager": ("Nom de la personne attendue", "Samira Ben Amar"),
    "numero": ("Numéro du rendez-vous", "RDV-2026-00042"),
    "motif": ("Motif, vide s'il est sensible", "Carte d'identité"),
    "quand": ("Jour et heure, à l'heure du lieu", f"mardi 24{NB}novembre à 9{NB}h{NB}40"),
    "ou": ("Lieu, numéro que l'on appelle, salon ou domicile", "Hôtel de ville"),
    "service": ("Service qui reçoit, la collectivité s'il est réservé", "État civil"),
    "telephone": ("Téléphone du service", f"01{NB}99{NB}00{NB}12{NB}34"),
    "details": (
        "Motif, date, lieu et service, une ligne chacun",
        _DETAILS,
    ),
    "documents": ("Documents à apporter, vide s'il n'y en a pas", f"À apporter{NB}:\n- Photo d'identité récente"),
    "consignes": ("À savoir une fois le rendez-vous pris, vide sinon", "Présentez-vous à l'accueil."),
    "contact": ("À qui poser une question", f"Une question{NB}? Appelez le 01{NB}99{NB}00{NB}12{NB}34."),
    "lien": ("Page pour déplacer ou annuler", LIEN),
}
_AVANT = _RENDEZVOUS | {"avant": ("Jour et heure d'avant", f"lundi 23{NB}novembre à 14{NB}h")}
_ANNULATION = _RENDEZVOUS | {
    "annonce": ("Qui annule", "Nous devons annuler votre rendez-vous."),
    "raison": ("Raison donnée par le service, vide sinon", f"Raison{NB}: le guichet est fermé ce jour-là."),
    "suite": ("Comment prendre un autre rendez-vous", f"Autre date{NB}: https://guichet.example/usager/aurelle/"),
}
_PLUS_TOT = _RENDEZVOUS | {"propose": ("Créneau libéré", f"lundi 16{NB}novembre à 10{NB}h")}
_PLACE = _VILLE | {
    "motif": ("Motif, vide s'il est sensible", "Carte d'identité"),
    "propose": ("Créneau libéré", f"lundi 16{NB}novembre à 10{NB}h"),
    "ou": ("Lieu, ou comment on est reçu", "Hôtel de ville"),
    "contact": ("À qui poser une question", f"Une question{NB}? Appelez le 01{NB}99{NB}00{NB}12{NB}34."),
    "lien": ("Page pour prendre la place, ou ne plus attendre", LIEN),
}
_CODE = _VILLE | {
    "code": ("Code à recopier", f"482{NB}913"),
    "validite": ("Durée de validité", f"10{NB}minutes"),
}
_PARCOURS = _VILLE | {
    "usager": ("Nom de l'usager", "Samira Ben Amar"),
    "numero": ("Numéro du parcours", "PAR-2026-00007"),
    "annonce": ("Ce qui se passe", "Vos rendez-vous sont confirmés."),
    "resume": ("Combien de rendez-vous, à partir de quand", f"3 rendez-vous mardi 24{NB}novembre à partir de 9{NB}h"),
    "etapes": ("Chaque rendez-vous, dans l'ordre", f"1. 9{NB}h – Carte d'identité\n   Lieu{NB}: Hôtel de ville"),
    "documents": ("Documents à apporter, vide s'il n'y en a pas", f"À apporter{NB}:\n- Livret de famille"),
    "contact": ("À qui poser une question", f"Une question{NB}? Appelez le 01{NB}99{NB}00{NB}12{NB}34."),
    "lien": ("Page pour déplacer ou annuler", LIEN),
}
_INVITATION = _VILLE | {
    "usager": ("Nom de l'usager", "Samira Ben Amar"),
    "motif": ("Motif, vide s'il est sensible", "Conseil en urbanisme"),
    "lien": ("Page où choisir le jour et l'heure", LIEN),
    "validite": ("Durée de validité du lien", f"60{NB}jours"),
    "contact": ("À qui poser une question", f"Une question{NB}? Appelez le 01{NB}99{NB}00{NB}12{NB}34."),
}
_GERER = f"Pour le déplacer ou l'annuler{NB}:\n{{{{ lien }}}}\nCe lien vous est personnel.\n\n"
_FIN = "{{ contact }}\n\n{{ collectivite }}"

CONFIRMATION = Occasion(
    code="rendezvous.confirmation",
    libelle="Rendez-vous confirmé",
    explication="Part dès que le rendez-vous est pris, avec le fichier d'agenda. Un motif sensible est tu.",
    variables=_RENDEZVOUS,
    textes={
        COURRIEL: Texte(
            objet=f"Votre rendez-vous est confirmé{NB}: {{{{ quand }}}}",
            corps="Bonjour,\n\nVotre rendez-vous est confirmé.\n\n{{ details }}\n\n{{ documents }}\n\n"
            f"{{{{ consignes }}}}\n\n{_GERER}{_FIN}",
        ),
        SMS: Texte(corps="{{ collectivite }} : rendez-vous {{ quand }}, {{ ou }}. {{ lien }}"),
    },
)
RAPPEL = Occasion(
    code="rendezvous.rappel",
    libelle="Rappel d'un rendez-vous",
    explication="Part l'avant-veille à la même heure, jamais la nuit ni après le début.",
    variables=_RENDEZVOUS,
    textes={
        COURRIEL: Texte(
            objet=f"Rappel de votre rendez-vous{NB}: {{{{ quand }}}}",
            corps="Bonjour,\n\nNous vous attendons bientôt.\n\n{{ details }}\n\n{{ documents }}\n\n"
            "{{ consignes }}\n\n"
            f"Vous ne pouvez pas venir{NB}? Dites-le sur cette page, quelqu'un d'autre prendra votre place{NB}:\n"
            f"{{{{ lien }}}}\nCe lien vous est personnel.\n\n{_FIN}",
        ),
        SMS: Texte(corps="Rappel, {{ collectivite }} : rendez-vous {{ quand }}, {{ ou }}. {{ lien }}"),
    },
)
MODIFICATION = Occasion(
    code="rendezvous.modification",
    libelle="Rendez-vous déplacé",
    variables=_AVANT,
    textes={
        COURRIEL: Texte(
            objet=f"Votre rendez-vous est déplacé{NB}: {{{{ quand }}}}",
            corps="Bonjour,\n\nVotre rendez-vous du {{ avant }} est déplacé. Voici le nouveau.\n\n{{ details }}\n\n"
            f"{{{{ documents }}}}\n\n{{{{ consignes }}}}\n\n{_GERER}{_FIN}",
        ),
        SMS: Texte(
            corps="{{ collectivite }} : votre rendez-vous du {{ avant }} est déplacé au {{ quand }}, {{ ou }}. "
            "{{ lien }}"
        ),
    },
)
ANNULATION = Occasion(
    code="rendezvous.annulation",
    libelle="Rendez-vous annulé",
    explication="Part à l'annulation, par l'usager ou par le service.",
    variables=_ANNULATION,
    textes={
        COURRIEL: Texte(
            objet=f"Votre rendez-vous est annulé{NB}: {{{{ quand }}}}",
            corps="Bonjour,\n\n{{ annonce }}\n\n{{ details }}\n\n{{ raison }}\n\n{{ suite }}\n\n" + _FIN,
        ),
        SMS: Texte(corps="{{ collectivite }} : votre rendez-vous du {{ quand }} est annulé. {{ suite }}"),
    },
)
PLUS_TOT = Occasion(
    code="rendezvous.plus_tot",
    libelle="Créneau plus tôt",
    explication="Part quand une place se libère, à qui l'a demandé\u00a0: trois messages au plus, un par jour.",
    variables=_PLUS_TOT,
    textes={
        COURRIEL: Texte(
            objet=f"Une place plus tôt{NB}: {{{{ propose }}}}",
            corps="Bonjour,\n\nUne place s'est libérée le {{ propose }}.\n\n"
            "Votre rendez-vous actuel\n{{ details }}\n\n"
            f"Pour prendre cette place, tant qu'elle est libre{NB}:\n{{{{ lien }}}}\n\n"
            f"Votre rendez-vous vous convient{NB}? Vous n'avez rien à faire, il est gardé.\n\n{_FIN}",
        ),
        SMS: Texte(
            corps=f"{{{{ collectivite }}}} : une place s'est libérée {{{{ propose }}}}. La prendre{NB}: {{{{ lien }}}}"
        ),
    },
)
CODE = Occasion(
    code="rendezvous.code",
    libelle="Code pour confirmer un rendez-vous",
    explication="Prouve l'adresse de qui réserve en ligne.",
    variables=_CODE,
    textes={
        COURRIEL: Texte(
            objet="{{ code }} est votre code pour confirmer votre rendez-vous",
            corps=f"Bonjour,\n\nVotre code{NB}: {{{{ code }}}}\n\nRecopiez-le sur la page où vous prenez rendez-vous. "
            "Il est valable {{ validite }}.\n\n"
            f"Vous n'avez rien demandé{NB}? Ne répondez pas, rien ne sera réservé.\n\n{{{{ collectivite }}}}",
        ),
        SMS: Texte(
            corps="{{ collectivite }} : {{ code }} est votre code pour confirmer votre rendez-vous, "
            "valable {{ validite }}."
        ),
    },
)
CODE_ATTENTE = Occasion(
    code="rendezvous.code_attente",
    libelle="Code pour attendre un créneau",
    explication="Prouve l'adresse de qui demande à être prévenu d'une place, sans rendez-vous.",
    variables=_CODE,
    textes={
        COURRIEL: Texte(
            objet="{{ code }} est votre code pour être prévenu d'un créneau",
            corps=f"Bonjour,\n\nVotre code{NB}: {{{{ code }}}}\n\nRecopiez-le sur la page où vous demandez à être "
            "prévenu. Il est valable {{ validite }}.\n\n"
            f"Vous n'avez rien demandé{NB}? Ne répondez pas, nous ne vous écrirons plus.\n\n{{{{ collectivite }}}}",
        ),
        SMS: Texte(
            corps="{{ collectivite }} : {{ code }} est votre code pour être prévenu d'un créneau, "
            "valable {{ validite }}."
        ),
    },
)
PLACE_LIBRE = Occasion(
    code="rendezvous.place_libre",
    libelle="Une place s'est libérée",
    explication="Part à qui attend sans rendez-vous\u00a0: trois messages au plus, un par jour. "
    "Un motif sensible est tu.",
    variables=_PLACE,
    textes={
        COURRIEL: Texte(
            objet=f"Une place s'est libérée{NB}: {{{{ propose }}}}",
            corps="Bonjour,\n\nUne place s'est libérée le {{ propose }}, {{ ou }}.\n\n{{ motif }}\n\n"
            f"Pour la prendre{NB}:\n{{{{ lien }}}}\n\n"
            "Elle n'est pas retenue, mais nous ne la signalons à personne d'autre avant demain. "
            "La même page sert à ne plus être prévenu.\n\n" + _FIN,
        ),
        SMS: Texte(corps="{{ collectivite }} : une place s'est libérée {{ propose }}. {{ lien }}"),
    },
)
PARCOURS = Occasion(
    code="rendezvous.parcours",
    libelle="Parcours de plusieurs rendez-vous",
    explication="Une seule confirmation, puis un seul rappel, pour une venue à plusieurs rendez-vous.",
    variables=_PARCOURS,
    textes={
        COURRIEL: Texte(
            objet="{{ annonce }} {{ resume }}",
            corps="Bonjour,\n\n{{ annonce }} {{ resume }}.\n\n{{ etapes }}\n\n{{ documents }}\n\n"
            f"Pour en déplacer ou en annuler un{NB}:\n{{{{ lien }}}}\nCe lien vous est personnel.\n\n{_FIN}",
        ),
        SMS: Texte(corps="{{ collectivite }} : {{ annonce }} {{ resume }}. {{ lien }}"),
    },
)
INVITATION = Occasion(
    code="rendezvous.invitation",
    libelle="Invitation à prendre rendez-vous",
    explication="Part quand un agent envoie le lien d'un motif. Un motif sensible est tu.",
    variables=_INVITATION,
    textes={
        COURRIEL: Texte(
            objet="Prenez rendez-vous avec {{ collectivite }}",
            corps="Bonjour,\n\nVous pouvez prendre rendez-vous, au jour et à l'heure qui vous conviennent.\n\n"
            f"{{{{ motif }}}}\n\nPour choisir{NB}:\n{{{{ lien }}}}\n"
            f"Ce lien vous est personnel, il est valable {{{{ validite }}}}.\n\n{_FIN}",
        ),
        SMS: Texte(corps="{{ collectivite }} : prenez votre rendez-vous ici, lien valable {{ validite }}. {{ lien }}"),
    },
)
OCCASIONS = (
    CONFIRMATION,
    RAPPEL,
    MODIFICATION,
    ANNULATION,
    PLUS_TOT,
    CODE,
    PARCOURS,
    INVITATION,
    CODE_ATTENTE,
    PLACE_LIBRE,
)


def declare_textes() -> None:
    """Add these occasions to the town's own texts."""
    for rang, occasion in enumerate(OCCASIONS, start=50):
        declare(occasion, rang=rang)
