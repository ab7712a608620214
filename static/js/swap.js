/* docs/frontend.md, Scripts */
import "./session.js";
const policy = self.trustedTypes ? trustedTypes.createPolicy("fragment", { createHTML: s => s }) : { createHTML: s => s };
async function load(url, part, { push = true, quiet = false, ...options } = {}) {
  const old = document.querySelector(part), { lang } = document.documentElement;
  if (!quiet) old?.setAttribute("aria-busy", "true");
  const moved = new Set();  old?.addEventListener("input", e => moved.add(e.target));
  try {
    const r = await fetch(url, { credentials: "same-origin", headers: { "X-Part": part, "X-Page-Language": lang }, ...options });
    if ((!r.ok && r.status !== 422) || new URL(r.url).origin !== location.origin) throw new Error(r.status);
    const said = r.headers.get("Content-Language"), other = said && said !== lang;
    if (other && options.method && !r.redirected) throw said;
    const fresh = new DOMParser().parseFromString(policy.createHTML(await r.text()), "text/html").querySelector(part);
    if (other || !fresh && (r.redirected || quiet && r.ok)) { location.href = r.url; return true; }
    if (fresh) dispatchEvent(new Event("used"));
    if (!fresh || !old) throw new Error("no " + part);
    for (const f of moved) {
      const tick = /checkbox|radio/.test(f.type), same = [...fresh.querySelectorAll("[name]")].find(x => x.name === f.name && (!tick || x.value === f.value));
      if (same && f.type !== "file") same[tick ? "checked" : "value"] = f[tick ? "checked" : "value"];
    }
    old.replaceWith(document.adoptNode(fresh));
    if (push) history.pushState({ part }, "", r.url);
    const focus = quiet ? null : fresh.querySelector(r.status === 422 ? "[data-errors]" : "[data-focus],h2");
    if (focus) { focus.tabIndex = -1; focus.focus({ preventScroll: r.status !== 422 }); }
  } catch {
    old?.removeAttribute("aria-busy");
    if (options.method === "POST") return false;
    if (!quiet) location.href = url;
  }
  return true;
}
addEventListener("click", e => {
  const a = e.target.closest?.("a[data-swap]");
  if (!a || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
  e.preventDefault();
  load(a.href.baseVal ?? a.href, a.dataset.swap);
});
addEventListener("submit", async e => {
  const f = e.target.closest?.("form[data-swap]"), pressed = e.submitter;
  if (!f) return;
  e.preventDefault();
  const data = new FormData(f), url = new URL(f.getAttribute("action") ?? "", location.href);
  if (pressed?.name) data.append(pressed.name, pressed.value);
  if (f.getAttribute("method")?.toLowerCase() !== "post") { url.search = new URLSearchParams(data); load(url.href, f.dataset.swap); return; }
  if (await load(url.href, f.dataset.swap, { method: "POST", body: data })) return;
  if (pressed?.name) f.append(Object.assign(document.createElement("input"), { type: "hidden", name: pressed.name, value: pressed.value }));
  HTMLFormElement.prototype.submit.call(f);
});
addEventListener("keydown", e => {
  if (e.target.closest?.("input,select,textarea,dialog")) return;
  const q = e.key === "/" && !(e.ctrlKey || e.metaKey || e.altKey) && document.querySelector("#site-search");
  if (q) { e.preventDefault(); q.focus(); }
  if (e.key !== "Escape") return;
  const menu = document.querySelector(":is(.menu,.menu-m)[open]");
  if (!menu) { document.querySelector(".panel>.hd>a.iconbtn")?.click(); return; }
  menu.open = false;
  menu.querySelector("summary").focus();
});
addEventListener("click", e => { for (const menu of document.querySelectorAll(":is(.menu,.menu-m)[open]")) if (!menu.contains(e.target)) menu.open = false; });
addEventListener("popstate", e => { if (e.state?.part) load(location.href, e.state.part, { push: false }); else location.reload(); });
(function watch() {
  const part = document.querySelector("[data-progress][id]");
  if (part) setTimeout(async () => { if (!document.hidden) await load(location.href, "#" + CSS.escape(part.id), { push: false, quiet: true }); watch(); }, 1000 * Math.max(1, +part.dataset.progress || 2));
})();
