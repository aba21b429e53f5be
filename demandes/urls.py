"""Routes of demandes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
