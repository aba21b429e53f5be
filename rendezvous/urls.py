"""Routes of rendezvous, under `/c/<slug>/rendez-vous/`."""

from django.urls import URLPattern, URLResolver

app_name = "rendezvous"

urlpatterns: list[URLPattern | URLResolver] = []
