"""Doors for providers: receipts of delivery."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
