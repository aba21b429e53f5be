"""The agent's own page: name, phone, shortcuts."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collectivites.acces import RequeteAgent, membre
from collectivites.models import Agent, Rattachement
from collectivites.permissions import Role
from socle.telephone import NumeroIllisible, parse_numero, show_numero
from socle.toasts import toast


class ProfilForm(forms.ModelForm[Agent]):
    """What an agent changes alone; the e-mail is the login and belongs to the administrator."""

    class Meta:
        model = Agent
        fields = ("prenom", "nom", "telephone", "is_raccourcis_actifs")
        labels = {"telephone": "Téléphone professionnel", "is_raccourcis_actifs": "Raccourcis clavier d'une touche"}
        help_texts = {
            "prenom": "Vos nom et prénom signent les réponses envoyées aux usagers.",
            "is_raccourcis_actifs": "À désactiver si vous dictez au clavier ou utilisez un lecteur d'écran.",
        }
        widgets = {
            "prenom": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "nom": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "telephone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }

    poste = forms.CharField(
        label="Poste téléphonique",
        max_length=20,
        required=False,
        help_text="Votre numéro interne\u00a0: quand il sonne, l'appel s'affiche sur votre écran.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def clean_telephone(self) -> str:
        """Keep E.164, so that it is shown the same everywhere."""
        typed = self.cleaned_data["telephone"].strip()
        try:
            return parse_numero(typed) if typed else ""
        except NumeroIllisible as error:
            raise forms.ValidationError(str(error)) from error


@membre
@require_http_methods(["GET", "POST"])
def profil(request: RequeteAgent) -> HttpResponse:
    """Show and save the agent's own page."""
    agent = Agent.objects.get(pk=request.acces.agent.pk)
    here = request.acces.rattachement
    shown = {"poste": here.poste} | ({"telephone": show_numero(agent.telephone)} if agent.telephone else {})
    form = ProfilForm(request.POST if request.method == "POST" else None, instance=agent, initial=shown)
    if request.method == "POST" and form.is_valid():
        form.save()
        Rattachement.objects.filter(pk=here.pk).update(poste=form.cleaned_data["poste"].strip())
        toast(request, "Profil enregistré.")
        return redirect("accueil:profil", request.acces.collectivite.slug)
    roles = [Role(role).label for role in request.acces.rattachement.roles]
    context = {"form": form, "roles": roles}
    return render(request, "accueil/profil.html", context, status=422 if form.is_bound else 200)
