// A filter form sends itself when a choice changes; its button stays for those without JavaScript.
document.addEventListener("change", (e) => {
  const forme = e.target.closest("form[data-guichet-envoi-auto]");
  if (forme && e.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) forme.requestSubmit();
});
