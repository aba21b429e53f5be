// Files of a form: the chosen ones are named with their weight; too heavy is said before anything is sent. Files
// dropped anywhere on the form are added. The server checks everything again, and works without this.
import { chaque } from "./chaque.js";

const MO = 2 ** 20;
const peser = (octets) => octets < MO ? `${Math.ceil(octets / 1024)}\u00a0Ko` : `${(octets / MO).toFixed(1).replace(".0", "").replace(".", ",")}\u00a0Mo`;

chaque("[data-guichet-pieces]", (depot) => {
  const champ = depot.querySelector("input[type=file]");
  const sortie = depot.querySelector("output");
  const forme = champ.form;
  const parFichier = Number(depot.dataset.guichetFichierMax);
  const enTout = Number(depot.dataset.guichetMessageMax);
  let trop = false;

  function montrer() {
    const fichiers = [...champ.files];
    const total = fichiers.reduce((somme, f) => somme + f.size, 0);
    const lourds = fichiers.filter((f) => f.size > parFichier);
    trop = lourds.length > 0 || total > enTout;
    sortie.classList.toggle("champ-erreur", trop);
    if (trop) champ.setAttribute("aria-invalid", "true"); else champ.removeAttribute("aria-invalid");
    if (lourds.length) sortie.textContent = `${lourds.map((f) => `« ${f.name} »`).join(", ")}\u00a0: trop lourd, ${peser(parFichier)} au plus par fichier.`;
    else if (trop) sortie.textContent = `L'ensemble pèse ${peser(total)}\u00a0: ${peser(enTout)} au plus.`;
    else sortie.textContent = fichiers.map((f) => `${f.name} (${peser(f.size)})`).join(", ");
  }

  champ.addEventListener("change", montrer);
  forme.addEventListener("submit", (e) => { if (trop) { e.preventDefault(); champ.focus(); } }, true);
  const estPour = (cible) => (cible.closest("[data-guichet-pieces]") ?? forme.querySelector("[data-guichet-pieces]")) === depot;
  forme.addEventListener("dragover", (e) => {
    if (!e.dataTransfer?.types.includes("Files")) return;
    e.preventDefault();
    depot.classList.toggle("depot-survole", estPour(e.target));
  });
  for (const fin of ["dragleave", "dragend", "drop"]) forme.addEventListener(fin, () => depot.classList.remove("depot-survole"));
  forme.addEventListener("drop", (e) => {
    if (!e.dataTransfer?.files.length || !estPour(e.target)) return;
    e.preventDefault();
    const somme = new DataTransfer();
    for (const f of [...champ.files, ...e.dataTransfer.files]) somme.items.add(f);
    champ.files = somme.files;
    montrer();
  });
});
