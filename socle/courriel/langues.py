"""Words by which mail clients announce what they quote, in the languages people write in to a French town hall.

Facts of the clients (Gmail, Outlook, Apple Mail, Thunderbird, Yahoo, Zimbra, Roundcube, webmails of the French
providers), gathered by role; the rules that use them are in `citation` and `fin`.
"""

# First words of « Le 3 novembre 2026 à 10:12, … a écrit : ».
DEBUTS = (
    "le",
    "en date d[ue]",
    "on",
    "at",
    "in message",
    "el",
    "il",
    "in data",
    "em",
    "no dia",
    "am",
    "op",
    "dnia",
    "w dniu",
    "den",
    "på",
    "dne",
    "dňa",
    "pe",
)

# Last words of the same; some languages put the name after the verb, with its address.
VERBES = (
    r"(?:m['’]|vous |nous )?a(?:vez)?\s+[ée]crit",
    r"nous\s+a\s+dit",
    "wrote",
    "writes",
    "ha\\s+scritto",
    r"escribi[óo]",
    "ha escrit",
    "va escriure",
    "escreveu",
    "geschrieben",
    r"schrieben\s+Sie",
    "geschreven",
    r"napisał(?:\(a\)|a)?",
    "pisze",
    r"napsala?(?:\(a\))?",
    r"a\s+scris",
    r"написал(?:\(а\)|а)?",
    "пишет",
    "пише",
    "kirjoitti",
    "yazdı",
    r"작성",
)
VERBES_AVANT_LE_NOM = ("schrieb", "schreef", "skrev")

# « Jean Petit a écrit le 3 novembre 2026 10:12 : »
VERBES_AVANT_LA_DATE = (
    r"a\s+écrit\s+le",
    "wrote on",
    "schrieb am",
    "ha scritto il",
    "escribió el",
    "escreveu em",
    "schreef op",
)

ORIGINAUX = (
    "message d['’]origine",
    "message original",
    "message initial",
    "mail original",
    "mail d['’]origine",
    "courriel original",
    "courrier original",
    "e-?mail d['’]origine",
    "original (?:message|email|mail)",
    "reply message",
    "ursprüngliche (?:nachricht|e-?mail)",
    "original-?nachricht",
    "mensaje original",
    "messaggio originale",
    "mensagem original",
    "(?:oorspronkelijk|origineel) bericht",
    "oprindelig (?:meddelelse|besked)",
    "opprinnelig melding",
    "ursprungligt meddelande",
    "oryginalna wiadomość",
    "wiadomość oryginalna",
    "původní zpráva",
    "mesaj original",
    "исходное сообщение",
    "原始邮件",
)

TRANSFERTS = (
    "(?:début du )?(?:message|mail|courriel|e-?mail) (?:transféré|réexpédié|redirigé|suivi)",
    "(?:begin )?forwarded message",
    "(?:anfang der )?weitergeleitete[n]? (?:nachricht|e-?mail)",
    "(?:inicio del )?mensaje reenviado",
    "(?:inizio )?messaggio inoltrato",
    "(?:início d[ae] )?mensagem (?:encaminhada|reencaminhada)",
    "(?:begin )?doorgestuurd bericht",
    "videresendt (?:meddelelse|melding)",
    "vidarebefordrat meddelande",
    "(?:wiadomość przekazana|przekazana wiadomość|początek przekazywanej wiadomości)",
    "přeposlaná zpráva",
    "пересылаемое сообщение",
)

# Labels of « De : / Envoyé : / À : / Objet : », by role.
ETIQUETTES = {
    "de": "de|from|expéditeur|von|da|van|fra|från|od|remitente|mittente|remetente|от",
    "envoi": (
        "message du|"
        r"envoyé(?:e)?(?: le)?|envoi|date d['’]envoi|sent|gesendet(?: am)?|enviado(?: el| em)?|enviada(?: em)?"
        "|inviato(?: il)?|verzonden|verstuurd|sendt|skickat|wysłano|odesláno"
    ),
    "date": "date|datum|data|fecha|dato|дата|received|reçu",
    "a": "à|a|to|pour|destinataires?|an|para|per|aan|til|till|do|komu|кому",
    "copie": "cc|cci|bcc|copie(?: à)?|kopie|kopia|kopi|répondre à|reply-to|antwort an|organization|organisation",
    "objet": "objet|subject|sujet|betreff|betrifft|asunto|assunto|oggetto|onderwerp|emne|ämne|temat|předmět|тема",
}

# What a machine adds under a message: « Envoyé de mon iPhone ».
APPAREILS = (
    "iphone",
    "ipad",
    "ipod",
    "android",
    "galaxy",
    "samsung",
    "smartphone",
    "mobile",
    "mobiltelefon",
    "mobilgerät",
    "handy",
    "móvil",
    "celular",
    "telemóvel",
    "telefono",
    "téléphone",
    "portable",
    "tablette",
    "tablet",
    "outlook",
    "mail",
    "phone",
    "messagerie",
    "appareil",
    r"appli\w*",
    "app",
    "xiaomi",
    "redmi",
    "huawei",
    "oppo",
    "honor",
    "pixel",
    "nokia",
    "windows",
    "proton",
    "orange",
    "sfr",
    "bouygues",
    "free",
    "la poste",
    "thunderbird",
    "device",
    "blackberry",
    "htc",
    "toestel",
    r"mailbox\w*",
    "spark",
)
ENVOIS = (
    (
        r"(?:envoyé|expédié|écrit|sent|gesendet|enviado|enviada|inviato|verzonden|verstuurd|sendt|skickat|wysłane)\s"
        r"(?:de|depuis|avec|via|par|à partir d[eu’']|from|with|by|using|von|mit|desde|con|do|da|com|dal|dalla|met"
        r"|vanaf|fra|från|z)\b.{2,80}"
    ),
    r"(?:cet? (?:e-?mail|message|courriel) a été envoyé (?:de|depuis|avec)).{2,80}",
    r"(?:von|aus) (?:meinem|meiner|der) .{2,60} (?:gesendet|versendet)",
    r"diese nachricht wurde von .{2,80} gesendet",
    r"from my \w.{1,30}",
)
OUTLOOK = (
    (
        r"(?:téléchargez?|télécharger|obten(?:ir|ez)|get|download|descargar?|obtener|obter|baixar|scarica|ottieni"
        r"|holen sie(?: sich)?|hol dir)\s(?:o\s)?outlook.{0,80}"
    ),
    r"outlook (?:für|voor) .{2,20}(?:beziehen|herunterladen|downloaden|ophalen).{0,60}",
)
ANTIVIRUS = (
    r"(?:garanti )?sans virus\W.{0,80}",
    r"virus[- ]free\W.{0,80}",
    r"libre de virus\W.{0,80}",
    r"virenfrei\W.{0,80}",
    r"l['’]absence de virus dans.{0,160}",
    r"cet e-?mail a été vérifié par.{0,160}",
    r"ce courrier électronique ne contient aucun virus.{0,160}",
    r"this email has been checked for viruses.{0,160}",
)

# A confidentiality notice begins by naming the message and has at least two of the words below.
AVIS_DEBUTS = (
    r"(?:ce|le présent|cet) (?:message|courriel|courrier|mail|e-?mail)",
    r"les informations contenues dans",
    r"(?:avis|clause|mention|note|avertissement|message)\b.{0,20}(?:confidential|confidentiel|légal)\w*",
    r"this (?:message|e-?mail|communication)",
    r"the (?:information|contents)",
    r"(?:confidentiality|legal) (?:notice|note)",
    "disclaimer",
    r"(?:diese|die in dieser|der inhalt dieser) (?:e-?mail|nachricht)",
    "vertraulichkeits",
    r"est[ea] (?:mensaje|correo|mensagem|e-?mail)",
    r"aviso (?:legal|de confidenciali)",
    "(?:questo|il presente) messaggio",
    r"quest[ao] e-?mail",
    "le informazioni contenute",
    "avviso di riservatezza",
    r"(?:dit|deze) (?:bericht|e-?mail)",
)
AVIS_MOTS = (
    "confiden[tc]",
    "destinat[aáoi]",
    "destinées? ",
    "erreur",
    "interdit",
    "divulg",
    "pièces? jointes?",
    "usage exclusif",
    "détrui",
    "confidential",
    "intended",
    "recipient",
    "error",
    "disclos",
    "privileged",
    "vertraulich",
    "irrtümlich",
    "empfänger",
    "bestimmt",
    "errore",
    "riservat",
    "vietat",
    "por error",
    "prohibid",
    "por engano",
    "proibid",
    "vertrouwelijk",
    "bestemd",
    "geadresseerde",
)
AVIS_COURTS = (
    r".{0,60}\bavant d['’]imprimer\b",
    r".{0,20}pense[rz]\b.{0,20}\benvironnement\b.{0,60}\bimprim",
    r".{0,20}n['’]imprimez ce\b",
    r".{0,40}\bconsider the environment\b",
    r".{0,60}\bantes de imprimir\b",
    r".{0,60}\bprima di stampare\b",
    r".{0,40}\ban die umwelt\b",
    r".{0,60}\bvoordat u .{0,30}\bafdrukt\b",
)
