/* What a page shows goes when its session ends; what was typed and not sent stays alone (docs/frontend.md). */
const told = document.querySelector("meta[name=session]"), typed = new Set();
if (told) {
  const { idle, most, over, again } = told.dataset, last = Date.now() + most * 1000, tabs = new BroadcastChannel("session");
  let ends, timer;
  const drop = () => {
    const shared = "shared" in told.dataset, main = document.createElement("main"), link = document.createElement("a");
    link.href = again + "?next=" + encodeURIComponent(location.pathname + location.search);
    link.textContent = document.title = over;
    main.append(link, ...shared ? [] : [...typed].filter(f => f.isConnected));
    document.body.replaceChildren(main);
    if (shared) indexedDB.deleteDatabase("drafts");
  };
  const look = () => { clearTimeout(timer); if (ends <= Date.now()) drop(); else timer = setTimeout(look, ends - Date.now()); };
  const used = () => { ends = Math.min(last, Date.now() + idle * 1000); tabs.postMessage(ends); look(); };
  tabs.onmessage = e => { ends = e.data && Math.min(last, Math.max(ends, e.data)); look(); };
  for (const name of ["pageshow", "visibilitychange"]) addEventListener(name, look);
  addEventListener("used", used);
  addEventListener("input", e => e.target.form && typed.add(e.target.form));
  addEventListener("saved", e => typed.delete(e.target));
  addEventListener("submit", e => e.target.matches("[data-leave]") && tabs.postMessage(0));
  used();
}
