"""Short addresses, for SMS: `/r/<slug>/<jeton>` leads to the page of the appointment."""

from django.urls import path

from rendezvous.views.liens_courts import attente, deplacer, gerer

urlpatterns = [
    path("<str:jeton>", gerer, name="lien_court"),
    path("<str:jeton>/d", deplacer, name="lien_court_deplacer"),
    path("<str:jeton>/a", attente, name="lien_court_attente"),
]
