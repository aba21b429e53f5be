// Native <dialog>: opened by data-guichet-ouvre, closed by data-guichet-ferme, a click outside or a saved form.
document.addEventListener("click", (e) => {
  const ouvreur = e.target.closest("[data-guichet-ouvre]");
  if (ouvreur) {
    const dialogue = document.getElementById(ouvreur.dataset.guichetOuvre);
    if (!dialogue) return;
    e.preventDefault();
    if (!dialogue.open) dialogue.showModal();
    return;
  }
  const fermeur = e.target.closest("[data-guichet-ferme]");
  if (fermeur) {
    e.preventDefault();
    fermeur.closest("dialog")?.close();
  } else if (e.target.matches("dialog:modal") && !e.target.querySelector("form[data-guichet-brouillon]")) {
    e.target.close();
  }
});

document.addEventListener("htmx:afterRequest", (e) => {
  const forme = e.detail.elt.closest?.("dialog form[method=post]");
  if (forme && e.detail.successful) forme.closest("dialog").close();
});
