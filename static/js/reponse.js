// Answering area: the button names its effect for the chosen mode; Ctrl+Enter sends.
import { chaque } from "./chaque.js";

chaque("form[data-guichet-reponse]", (forme) => {
  const libelle = forme.querySelector("[data-guichet-libelle]");
  forme.addEventListener("change", (e) => {
    if (e.target.dataset.guichetBouton && libelle) libelle.textContent = e.target.dataset.guichetBouton;
  });
  forme.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); forme.requestSubmit(forme.querySelector(".bouton-principal")); }
  });
});
