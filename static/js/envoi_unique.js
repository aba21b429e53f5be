// A second click on « send » while the first travels does nothing. The server is idempotent anyway.
const enCours = new WeakSet();
const garde = (forme) => forme.method === "post" && !forme.hasAttribute("data-guichet-repetable");

function marquer(forme, occupe) {
  for (const bouton of forme.querySelectorAll("button[type=submit]")) {
    if (occupe) bouton.setAttribute("aria-busy", "true"); else bouton.removeAttribute("aria-busy");
  }
  if (occupe) enCours.add(forme); else enCours.delete(forme);
}

document.addEventListener("submit", (e) => {
  if (!garde(e.target)) return;
  if (enCours.has(e.target)) { e.preventDefault(); e.stopImmediatePropagation(); return; }
  setTimeout(() => { if (!e.defaultPrevented || e.target.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) marquer(e.target, true); });
}, true);

document.addEventListener("htmx:afterRequest", (e) => { const forme = e.detail.elt.closest?.("form"); if (forme) marquer(forme, false); });
addEventListener("pageshow", (e) => { if (e.persisted) for (const forme of document.forms) marquer(forme, false); });
