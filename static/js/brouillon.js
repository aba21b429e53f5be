// Nothing typed is lost: a draft per form in sessionStorage (this tab only), given back after an expired session.
import { annoncer } from "./annonce.js";
import { chaque } from "./chaque.js";

const PREFIXE = "guichet-brouillon:";
const EXCLUS = new Set(["password", "hidden", "file", "submit", "button"]);
const connexion = document.body.hasAttribute("data-guichet-connexion");

const cle = (forme) => PREFIXE + (forme.dataset.guichetBrouillon || location.pathname);
const champs = (forme) => [...forme.elements].filter((c) => c.name && !EXCLUS.has(c.type) && c.autocomplete !== "off");
const lire = (nom) => { try { return JSON.parse(sessionStorage.getItem(nom)); } catch { return null; } };
const ecrire = (nom, valeur) => { try { sessionStorage.setItem(nom, JSON.stringify(valeur)); } catch { /* full or forbidden: the server keeps the form anyway */ } };
const coche = (champ) => champ.type === "checkbox" || champ.type === "radio";

function garder(forme, envoye = false) {
  const valeurs = champs(forme).map((c) => [c.name, coche(c) ? `${c.value}|${c.checked}` : c.value, c.type]);
  ecrire(cle(forme), { valeurs, envoye });
}

const vierge = (forme) => champs(forme).every((c) => coche(c) || c.tagName === "SELECT" || c.value === c.defaultValue);

function rendre(forme) {
  const brouillon = lire(cle(forme));
  if (!brouillon || brouillon.envoye || !vierge(forme)) return;
  const texte = brouillon.valeurs.some(([, valeur, type]) => type.startsWith("text") && valeur.trim());
  if (!texte) return;
  const places = champs(forme);
  brouillon.valeurs.forEach(([nom, valeur], i) => {
    const champ = places[i];
    if (champ?.name !== nom) return;
    if (coche(champ)) champ.checked = valeur === `${champ.value}|true`; else champ.value = valeur;
    champ.dispatchEvent(new Event("input", { bubbles: true }));
    if (coche(champ) && champ.checked) champ.dispatchEvent(new Event("change", { bubbles: true }));
  });
  annoncer("Votre brouillon est revenu.");
}

// After a plain submission: the next page tells. On the sign-in page the text was not received, it must come back.
for (const nom of Object.keys(sessionStorage).filter((n) => n.startsWith(PREFIXE))) {
  const brouillon = lire(nom);
  if (!brouillon?.envoye) continue;
  if (connexion) ecrire(nom, { ...brouillon, envoye: false }); else sessionStorage.removeItem(nom);
}

chaque("form[data-guichet-brouillon]", (forme) => {
  rendre(forme);
  let minuterie;
  forme.addEventListener("input", () => { clearTimeout(minuterie); minuterie = setTimeout(() => garder(forme), 300); });
  forme.addEventListener("submit", () => { clearTimeout(minuterie); garder(forme, !forme.matches("[hx-post], [hx-put], [hx-patch]")); });
});

document.addEventListener("htmx:afterRequest", (e) => {
  const forme = e.detail.elt.closest?.("form[data-guichet-brouillon]");
  const { xhr } = e.detail;
  if (!forme || e.detail.requestConfig?.verb === "get") return;
  const recu = xhr.status >= 200 && xhr.status < 300 && !xhr.responseText.includes("data-guichet-connexion");
  if (recu) sessionStorage.removeItem(cle(forme)); else garder(forme);
});

document.addEventListener("submit", (e) => {
  if (!e.target.matches("[data-guichet-depart]")) return; // leaving a shared computer leaves nothing behind
  for (const nom of Object.keys(sessionStorage).filter((n) => n.startsWith(PREFIXE))) sessionStorage.removeItem(nom);
});
