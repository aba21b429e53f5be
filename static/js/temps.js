// Keeps « il y a 4 min » true while the page stays open; the same words as socle/ecriture.py.
const ESPACE = "\u00a0";
const UNITES = [[86_400, "j"], [3600, "h"], [60, "min"]];
const SEMAINE = 7 * 86_400;

function dire(secondes) {
  const duree = Math.abs(secondes);
  if (duree < 60) return "à l'instant";
  const [unite, nom] = UNITES.find(([u]) => duree >= u);
  return `${secondes > 0 ? "il y a" : "dans"} ${Math.floor(duree / unite)}${ESPACE}${nom}`;
}

function rafraichir() {
  for (const temps of document.querySelectorAll("time[data-guichet-temps]")) {
    const secondes = Math.trunc((Date.now() - Date.parse(temps.dateTime)) / 1000);
    const mots = dire(secondes);
    if (Math.abs(secondes) < SEMAINE && temps.textContent !== mots) temps.textContent = mots;
  }
}

setInterval(rafraichir, 30_000);
document.addEventListener("visibilitychange", rafraichir);
