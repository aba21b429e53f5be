"""Routes outside any town."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
