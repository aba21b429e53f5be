"""Sign-in rules: no sign-up, and e-mails of accounts leave through the ledger like everything else."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone


class AdaptateurCompte(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Accounts are created by an administrator of a collectivité."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an agent is invited."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the message in the ledger of the agent's first collectivité."""
        from accueil.comptes import queue_account_mail  # noqa: PLC0415 models must be loaded

        queue_account_mail(template_prefix=template_prefix, email=email, context=context, at=timezone.now())
