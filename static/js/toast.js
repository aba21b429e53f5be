// Messages in the corner: calm ones leave after 10 s, unless one hovers or focuses them; alerts stay.
import { chaque } from "./chaque.js";

const DUREE = 10_000;
const RESTENT = new Set(["alerte", "retard"]);

function poser(toast) {
  const fermer = toast.querySelector("[data-guichet-ferme-toast]");
  fermer.hidden = false;
  fermer.addEventListener("click", () => toast.remove());
  if (RESTENT.has(toast.dataset.guichetToast)) return;
  let minuterie;
  const lancer = () => { minuterie = setTimeout(() => toast.remove(), DUREE); };
  const retenir = () => clearTimeout(minuterie);
  toast.addEventListener("mouseenter", retenir);
  toast.addEventListener("focusin", retenir);
  toast.addEventListener("mouseleave", lancer);
  toast.addEventListener("focusout", lancer);
  lancer();
}

export function montrerToast(texte, { ton = "retard", lien = null } = {}) {
  const region = document.getElementById("toasts");
  if (!region) return;
  const toast = document.createElement("div");
  toast.className = `toast ton-${ton}`;
  toast.append(Object.assign(document.createElement("p"), { textContent: texte }));
  if (lien) toast.append(Object.assign(document.createElement("a"), { className: "bouton", href: lien.url, textContent: lien.libelle }));
  const fermer = Object.assign(document.createElement("button"), { type: "button", className: "bouton bouton-lien", textContent: "Fermer" });
  fermer.addEventListener("click", () => toast.remove());
  toast.append(fermer);
  for (const autre of region.children) if (autre.textContent === toast.textContent) autre.remove();
  region.append(toast);
}

chaque("[data-guichet-toast]", poser);
