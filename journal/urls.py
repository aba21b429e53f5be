"""Routes of journal, under `/c/<slug>/journal/`."""

from django.urls import path

from journal import views

app_name = "journal"

urlpatterns = [
    path("", views.liste, name="liste"),
    path("exporter/", views.exporter, name="exporter"),
]
