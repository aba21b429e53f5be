// Runs a set-up once on every element that matches, now and each time htmx brings new ones.
export function chaque(selecteur, poser) {
  const vus = new WeakSet();
  const parcourir = (racine) => {
    const elements = [...racine.querySelectorAll(selecteur)];
    if (racine.matches?.(selecteur)) elements.unshift(racine);
    for (const element of elements) {
      if (vus.has(element)) continue;
      vus.add(element);
      poser(element);
    }
  };
  parcourir(document);
  document.addEventListener("htmx:load", (e) => parcourir(e.detail.elt));
}
