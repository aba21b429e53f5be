// « @cla » in an internal note proposes colleagues who may read the demande: arrows choose, Enter inserts, Escape closes.
import { annoncer } from "./annonce.js";
import { chaque } from "./chaque.js";

const APPEL = /(^|[\s(])@([\p{L}'’-]+(?: [\p{L}'’-]*)?)$/u;

chaque("form[data-guichet-mentions]", (forme) => {
  const zone = forme.querySelector("textarea");
  const boite = document.createElement("ul");
  Object.assign(boite, { className: "modeles-proposes", hidden: true, id: "mentions-proposees" });
  boite.setAttribute("role", "listbox");
  boite.setAttribute("aria-label", "Collègues");
  zone.after(boite);
  let demande = 0;

  const estNote = () => (forme.querySelector("[name=canal]:checked")?.value ?? "note") === "note";
  const appel = () => (estNote() ? APPEL.exec(zone.value.slice(0, zone.selectionStart)) : null);
  const choix = () => [...boite.querySelectorAll("[data-guichet-mention]")];
  const actif = () => boite.querySelector("[aria-selected=true]");
  const fermer = () => { boite.hidden = true; zone.removeAttribute("aria-activedescendant"); };

  function viser(option) {
    actif()?.removeAttribute("aria-selected");
    option.setAttribute("aria-selected", "true");
    zone.setAttribute("aria-activedescendant", option.id);
  }

  async function proposer() {
    const trouve = appel();
    if (!trouve) { fermer(); return; }
    const rang = ++demande;
    const reponse = await fetch(`${forme.dataset.guichetMentions}?q=${encodeURIComponent(trouve[2])}`);
    if (!reponse.ok || rang !== demande || !appel()) return;
    boite.innerHTML = await reponse.text();
    boite.hidden = !choix().length;
    if (boite.hidden) return;
    zone.setAttribute("aria-controls", boite.id);
    viser(choix()[0]);
    annoncer(`${choix().length} collègue${choix().length > 1 ? "s" : ""}`);
  }

  function inserer(option) {
    const trouve = appel();
    if (!trouve || !option) return;
    const debut = zone.selectionStart - trouve[2].length;
    zone.setRangeText(`${option.dataset.guichetMention} `, debut, zone.selectionStart, "end");
    fermer();
    zone.focus();
    zone.dispatchEvent(new Event("input", { bubbles: true }));
  }

  zone.addEventListener("input", proposer);
  zone.addEventListener("blur", () => setTimeout(fermer, 200));
  boite.addEventListener("mousedown", (e) => { e.preventDefault(); inserer(e.target.closest("[data-guichet-mention]")); });
  zone.addEventListener("keydown", (e) => {
    if (boite.hidden) return;
    const liste = choix();
    const rang = liste.indexOf(actif());
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      viser(liste[(rang + (e.key === "ArrowDown" ? 1 : liste.length - 1)) % liste.length]);
    } else if ((e.key === "Enter" || e.key === "Tab") && actif() && !e.ctrlKey) {
      e.preventDefault();
      inserer(actif());
    } else if (e.key === "Escape") { e.stopPropagation(); fermer(); }
  });
});
