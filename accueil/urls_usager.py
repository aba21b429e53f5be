"""What pages for usagers need of the town: its colour."""

from django.urls import path

from accueil.views.choix import theme

urlpatterns = [path("theme.css", theme, name="theme")]
