// Counts the seconds of a call under way; the same words as demandes/appels.py. Without it, the page says it once.
const ESPACE = "\u00a0";

function dire(secondes) {
  const [h, m, s] = [Math.floor(secondes / 3600), Math.floor((secondes % 3600) / 60), secondes % 60];
  const deux = (n) => String(n).padStart(2, "0");
  if (h) return `${h}${ESPACE}h${ESPACE}${deux(m)}${ESPACE}min`;
  return m ? `${m}${ESPACE}min${ESPACE}${deux(s)}${ESPACE}s` : `${s}${ESPACE}s`;
}

setInterval(() => {
  for (const temps of document.querySelectorAll("time[data-guichet-chrono]")) {
    temps.textContent = dire(Math.max(0, Math.floor((Date.now() - Date.parse(temps.dateTime)) / 1000)));
  }
}, 1000);
