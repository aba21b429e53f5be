"""Routes outside any town."""

from django.urls import path

from accueil.views.choix import choix

urlpatterns = [path("", choix, name="choix")]
