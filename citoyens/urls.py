"""Routes of citoyens, under `/c/<slug>/usagers/`."""

from django.urls import path

from citoyens.views import contacts, creation, fiche, liste

app_name = "citoyens"

urlpatterns = [
    path("", liste.liste, name="liste"),
    path("nouveau/", creation.nouveau, name="nouveau"),
    path("nouveau/doublons/", creation.doublons, name="doublons"),
    path("<int:pk>/", fiche.fiche, name="fiche"),
    path("<int:pk>/voisins/", fiche.voisins, name="voisins"),
    path("<int:pk>/modifier/", creation.modifier, name="modifier"),
    path("<int:pk>/verifier/", contacts.verifier, name="verifier"),
    path("<int:pk>/contacts/", contacts.ajouter_contact, name="ajouter_contact"),
    path("<int:pk>/contacts/<int:lien>/retirer/", contacts.retirer_contact, name="retirer_contact"),
    path("<int:pk>/contacts/<int:lien>/preferer/", contacts.preferer_contact, name="preferer_contact"),
    path("<int:pk>/notes/", contacts.ajouter_note, name="ajouter_note"),
    path("<int:pk>/notes/<int:note>/terminer/", contacts.terminer_note, name="terminer_note"),
]
