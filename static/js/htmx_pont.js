// The only place that knows htmx's events: CSRF, refusals that carry HTML, failures said in French.
import { montrerToast } from "./toast.js";

const AVEC_HTML = new Set([403, 404, 409, 422, 429]); // answers of ours that show why
const SESSION = new Set([401, 419]);

const jeton = () => document.querySelector('meta[name="guichet-csrf"]')?.content;

function sessionExpiree() {
  const ici = encodeURIComponent(location.pathname + location.search);
  document.dispatchEvent(new CustomEvent("guichet:session-expiree"));
  montrerToast("Votre session a expiré. Votre texte est gardé dans cet onglet.", {
    ton: "alerte", lien: { url: `/connexion/?next=${ici}`, libelle: "Se reconnecter" },
  });
}

document.addEventListener("htmx:configRequest", (e) => {
  if (jeton() && e.detail.verb !== "get") e.detail.headers["X-CSRFToken"] = jeton();
});

document.addEventListener("htmx:beforeSwap", (e) => {
  const { xhr } = e.detail;
  const connexion = xhr.getResponseHeader("Content-Type")?.includes("html") && xhr.responseText.includes("data-guichet-connexion");
  if (SESSION.has(xhr.status) || connexion) {
    e.detail.shouldSwap = false;
    e.detail.isError = false;
    sessionExpiree();
  } else if (AVEC_HTML.has(xhr.status) && !xhr.responseText.trimStart().toLowerCase().startsWith("<!doctype")) {
    e.detail.shouldSwap = true;
    e.detail.isError = false;
  }
});

document.addEventListener("htmx:afterSwap", (e) => {
  e.detail.elt.querySelector?.("[data-guichet-erreurs]")?.focus();
});

document.addEventListener("htmx:responseError", (e) => {
  const { status } = e.detail.xhr;
  if (status === 403) montrerToast("Cette action n'est pas ouverte à votre rôle. Rien n'a été modifié.");
  else if (status === 404) montrerToast("Cet élément n'existe plus. Rechargez la page.");
  else if (status === 429) montrerToast("Trop d'essais en peu de temps. Attendez une minute, puis recommencez.");
  else montrerToast("Une panne de notre côté : l'action n'a pas abouti. Votre texte est gardé. Recommencez dans un instant.");
});

for (const panne of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(panne, (e) => {
    if (e.detail.elt.closest("[data-guichet-flux]")) return; // flux.js says it itself
    montrerToast("La connexion ne répond pas. Votre texte est gardé. Recommencez dans un instant.");
  });
}
