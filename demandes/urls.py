"""Routes of demandes, under `/c/<slug>/demandes/`."""

from django.urls import include, path, re_path

from demandes.views import (
    concours,
    documents,
    dossier,
    fiche,
    fraicheur,
    gestes,
    liste,
    modeles,
    nouvelle,
    preuves,
    redaction,
    travail,
    vues,
)

app_name = "demandes"

urlpatterns = [
    path("", liste.liste, name="liste"),
    path("", include("demandes.urls_reception")),
    path("", include("demandes.urls_travail")),
    path("modeles/", modeles.modeles, name="modeles"),
    path("modeles/nouveau/", modeles.modele, name="modele_nouveau"),
    path("modeles/<int:pk>/", modeles.modele, name="modele"),
    path("vues/garder/", vues.garder, name="vue_garder"),
    path("vues/<int:pk>/supprimer/", vues.supprimer, name="vue_supprimer"),
    re_path(r"^export\.(?P<format_>csv|xlsx)$", vues.exporter, name="exporter"),
    path("nouvelle/", nouvelle.nouvelle, name="nouvelle"),
    path("nouvelle/usagers/", nouvelle.usagers, name="usagers"),
    path("", include("demandes.urls_catalogue")),
    path("<int:pk>/", fiche.fiche, name="fiche"),
    path("<int:pk>/dossier/", dossier.dossier, name="dossier"),
    path("<int:pk>/concours/", concours.concours, name="concours"),
    path("<int:pk>/travail/", travail.travail, name="travail"),
    path("<int:pk>/preuves/", preuves.preuves, name="preuves"),
    path("<int:pk>/modeles/", redaction.modeles, name="modeles_proposes"),
    path("<int:pk>/inserer/", redaction.inserer, name="inserer"),
    path("<int:pk>/brouillon/", redaction.brouillon, name="brouillon"),
    path("<int:pk>/presence/", redaction.presence, name="presence"),
    path("<int:pk>/fraicheur/", fraicheur.fraicheur, name="fraicheur"),
    path("<int:pk>/repondre/", gestes.repondre, name="repondre"),
    path("<int:pk>/prendre/", gestes.prendre, name="prendre"),
    path("<int:pk>/affecter/", gestes.affecter, name="affecter"),
    path("<int:pk>/qualifier/", gestes.qualifier, name="qualifier"),
    path("<int:pk>/etat/", gestes.passer, name="etat"),
    path("<int:pk>/rouvrir/", gestes.rouvrir, name="rouvrir"),
    path("<int:pk>/identifier/", gestes.identifier, name="identifier"),
    path("<int:pk>/lue/", gestes.lue, name="lue"),
    path("<int:pk>/pieces/<int:piece_pk>/", documents.piece, name="piece"),
    path("<int:pk>/pieces/<int:piece_pk>/apercu/", documents.apercu, name="apercu"),
    path("<int:pk>/messages/<int:message_pk>/origine/", documents.brut, name="brut"),
    path("<int:pk>/messages/<int:message_pk>/mise-en-page/", documents.mise_en_page, name="mise_en_page"),
]
