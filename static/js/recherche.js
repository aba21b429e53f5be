// Keyboard in the results of a live search box: arrows walk the links, Escape closes and comes back.
import { annoncer } from "./annonce.js";

const boite = () => document.activeElement?.closest("[data-guichet-recherche]");
const panneauDe = (champ) => document.getElementById(champ.dataset.guichetRecherche);
const champDe = (panneau) => document.querySelector(`[data-guichet-recherche="${CSS.escape(panneau.id)}"]`);
const liens = (panneau) => [...panneau.querySelectorAll("a, button")];

document.addEventListener("keydown", (e) => {
  const champ = boite();
  const panneau = champ ? panneauDe(champ) : document.activeElement?.closest(".resultats");
  if (!panneau) return;
  if (e.key === "Escape") {
    if (panneau.matches(".ferme, :empty")) return; // a second Escape empties the box, as everywhere
    e.preventDefault();
    panneau.classList.add("ferme");
    (champ ?? champDe(panneau))?.focus();
  } else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
    const suite = liens(panneau);
    if (!suite.length) return;
    panneau.classList.remove("ferme");
    const ici = suite.indexOf(document.activeElement) + (e.key === "ArrowDown" ? 1 : -1);
    (suite[ici] ?? (ici < 0 && !champ ? champDe(panneau) : suite[champ ? suite.length - 1 : 0])).focus();
    e.preventDefault();
  }
});

document.addEventListener("htmx:afterSwap", (e) => {
  const panneau = e.detail.target;
  const champ = panneau.id ? champDe(panneau) : null;
  if (!champ) return;
  panneau.classList.remove("ferme");
  if (!champ.value.trim()) { panneau.replaceChildren(); return; }
  const n = panneau.querySelectorAll("li a").length;
  annoncer(n ? `${n} résultat${n > 1 ? "s" : ""}, flèche bas pour les parcourir.` : "Aucun résultat.");
});

document.addEventListener("focusin", (e) => {
  for (const panneau of document.querySelectorAll(".resultats")) {
    const dedans = panneau.contains(e.target) || champDe(panneau) === e.target;
    if (!dedans) panneau.classList.add("ferme");
  }
});
document.addEventListener("pointerdown", (e) => {
  if (!e.target.closest("[data-guichet-panneau]")) for (const panneau of document.querySelectorAll(".resultats")) panneau.classList.add("ferme");
});
