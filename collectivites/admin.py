"""The platform operator's screens: open a town, name its first administrator. No personal data of usagers here."""

from django.contrib import admin
from django.http import HttpRequest

from collectivites.models import Agent, Collectivite, Rattachement


@admin.register(Collectivite)
class CollectiviteAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Towns and intermunicipal bodies. A town is closed, never deleted: its evidence stays."""

    list_display = ("nom", "slug", "nature", "is_active")
    search_fields = ("nom", "slug")
    prepopulated_fields = {"slug": ("nom",)}

    def has_delete_permission(self, request: HttpRequest, obj: Collectivite | None = None) -> bool:
        """Never."""
        return False


@admin.register(Agent)
class AgentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Accounts of agents; passwords are chosen by their owners, through the invitation."""

    list_display = ("email", "prenom", "nom", "is_active", "is_staff")
    search_fields = ("email", "nom")
    fields = ("email", "prenom", "nom", "telephone", "is_active", "is_staff", "is_superuser")

    def has_delete_permission(self, request: HttpRequest, obj: Agent | None = None) -> bool:
        """Never: the journal names them."""
        return False

    def save_model(self, request: HttpRequest, obj: Agent, form: object, change: bool) -> None:  # noqa: FBT001 Django's
        """A new account has no password until its owner chooses one."""
        if not change:
            obj.set_unusable_password()
        obj.save()


@admin.register(Rattachement)
class RattachementAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who belongs where: how the first administrator of a town is named."""

    list_display = ("agent", "collectivite", "roles", "is_active")
    list_select_related = ("agent", "collectivite")
    raw_id_fields = ("agent",)
    search_fields = ("agent__email", "collectivite__slug")
