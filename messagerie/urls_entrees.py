"""Doors for providers: receipts of delivery."""

from django.urls import path

from messagerie.views.entrees import accuse_sms

urlpatterns = [path("sms/accuse/", accuse_sms, name="accuse_sms")]
