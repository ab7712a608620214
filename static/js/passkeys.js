/* Passkeys: [data-passkey] holds what the browser is asked, as JSON; its answer goes with the form around it. [data-new]: one is made, else proved. Else the part stays hidden, and [data-none] is shown. */
const P = window.PublicKeyCredential;
for (const part of P?.parseCreationOptionsFromJSON ? document.querySelectorAll("[data-passkey]") : []) {
  const isNew = "new" in part.dataset, form = part.closest("form"), told = part.querySelector("[role=alert]");
  part.hidden = false;
  for (const other of form.querySelectorAll("[data-none]")) other.hidden = true;
  part.querySelector("button").addEventListener("click", async () => {
    told.hidden = true;
    try {
      const publicKey = P[isNew ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON"](JSON.parse(part.dataset.passkey));
      form.elements.passkey.value = JSON.stringify(await navigator.credentials[isNew ? "create" : "get"]({ publicKey }));
      form.submit();
    } catch (error) {
      told.textContent = told.dataset[error.name == "InvalidStateError" ? "known" : "failed"];
      told.hidden = false;
    }
  });
}
