"""Routes of the desk, at the root of a town."""

from django.urls import path

from accueil.views.bureau import bureau
from accueil.views.contact import annuler, contact
from accueil.views.profil import profil
from accueil.views.recherche import recherche

app_name = "accueil"

urlpatterns = [
    path("", bureau, name="bureau"),
    path("recherche/", recherche, name="recherche"),
    path("contact/", contact, name="contact"),
    path("contact/<int:pk>/annuler/", annuler, name="annuler_contact"),
    path("profil/", profil, name="profil"),
]
