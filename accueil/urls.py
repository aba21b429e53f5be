"""Routes of the desk, at the root of a town."""

from django.urls import path

from accueil.views.choix import theme

app_name = "accueil"

urlpatterns = [
    path("theme.css", theme, name="theme"),
]
