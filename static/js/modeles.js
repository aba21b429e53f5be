// « :: » in a reply calls the templates: arrows choose, Enter inserts the text filled for this demande, Escape closes.
import { annoncer } from "./annonce.js";
import { chaque } from "./chaque.js";

const APPEL = /(^|\s)::([\p{L}\d-]*)$/u;

chaque("form[data-guichet-modeles]", (forme) => {
  const zone = forme.querySelector("textarea");
  const boite = document.createElement("div");
  boite.className = "modeles-boite";
  boite.hidden = true;
  zone.after(boite);
  let demande = 0;

  const appel = () => APPEL.exec(zone.value.slice(0, zone.selectionStart));
  const choix = () => [...boite.querySelectorAll("[data-guichet-modele]")];
  const actif = () => boite.querySelector("[aria-selected=true]");
  const fermer = () => { boite.hidden = true; zone.removeAttribute("aria-activedescendant"); };

  function viser(option) {
    actif()?.removeAttribute("aria-selected");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    zone.setAttribute("aria-activedescendant", option.id);
  }

  async function proposer() {
    const trouve = appel();
    if (!trouve) { fermer(); return; }
    const rang = ++demande;
    const reponse = await fetch(`${forme.dataset.guichetModeles}?q=${encodeURIComponent(trouve[2])}`);
    if (!reponse.ok || rang !== demande || !appel()) return;
    boite.innerHTML = await reponse.text();
    boite.hidden = false;
    zone.setAttribute("aria-controls", "modeles-proposes");
    const premier = actif();
    if (premier) viser(premier);
    annoncer(`${choix().length} modèle${choix().length > 1 ? "s" : ""}`);
  }

  function inserer(option) {
    const trouve = appel();
    if (!trouve || !option) return;
    const debut = zone.selectionStart - trouve[2].length - 2;
    zone.setRangeText(option.querySelector("template").content.textContent, debut, zone.selectionStart, "end");
    const servi = document.createElement("input");
    Object.assign(servi, { type: "hidden", name: "modele", value: option.dataset.guichetModele });
    forme.append(servi);
    fermer();
    zone.focus();
    zone.dispatchEvent(new Event("input", { bubbles: true }));
  }

  zone.addEventListener("input", proposer);
  zone.addEventListener("blur", () => setTimeout(fermer, 200));
  boite.addEventListener("mousedown", (e) => { e.preventDefault(); inserer(e.target.closest("[data-guichet-modele]")); });
  zone.addEventListener("keydown", (e) => {
    if (boite.hidden) return;
    const liste = choix();
    const rang = liste.indexOf(actif());
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (liste.length) viser(liste[(rang + (e.key === "ArrowDown" ? 1 : liste.length - 1)) % liste.length]);
    } else if ((e.key === "Enter" || e.key === "Tab") && actif() && !e.ctrlKey) {
      e.preventDefault();
      inserer(actif());
    } else if (e.key === "Escape") { e.stopPropagation(); fermer(); }
  });
});
