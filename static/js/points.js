/* docs/frontend.md, Scripts */
const box = document.querySelector("[data-points]");
if (box) {
  const css = getComputedStyle(document.documentElement);
  const ink = JSON.parse(box.dataset.inks).map(n => css.getPropertyValue("--" + (n === "none" ? "ink-3" : n)).trim());
  const canvas = document.createElement("canvas"), c = canvas.getContext("2d"), tip = box.querySelector("[data-tip]");
  const names = JSON.parse(box.dataset.rows), words = JSON.parse(box.dataset.words), cols = JSON.parse(box.dataset.columns);
  let X, Y, K, n = 0, marked = [], order = [], per = [], grid = new Map(), k = 1, ox = 0, oy = 0, raf = 0, inEvent = () => false, W = 0, H = 0;
  const dpr = Math.min(2, devicePixelRatio || 1);
  const sx = () => W / 65536 * k, sy = () => H / 65536 * k;
  const drop = () => k > 1 && +box.dataset.side ? 14 : 0; // room for the name of the cell
  const large = () => Math.min(30, +box.dataset.side * W / 1190 * Math.sqrt(k));
  function draw() {
    raf = 0;
    c.setTransform(dpr, 0, 0, dpr, 0, 0); c.clearRect(0, 0, W, H);
    const ax = sx(), ay = sy(), small = Math.min(9, 1.5 * k), big = Math.min(9, 3.2 * Math.sqrt(k)), side = i => large() || (p => p > 8000 ? small : p > 40 ? big : Math.max(Math.min(6, W / 200), big))(per[K[i] >> 3]);
    for (let b = 4; b >= 0; b--) {
      c.fillStyle = ink[b];
      for (const i of order[b]) {
        const px = X[i] * ax + ox, py = Y[i] * ay + oy + drop(), s = side(i);
        if (px > -s && px < W && py > -s && py < H) c.fillRect(px, py, s, s);
      }
    }
    c.strokeStyle = css.getPropertyValue("--ink"); c.lineWidth = 1.5;
    for (const i of marked) { const px = X[i] * ax + ox, py = Y[i] * ay + oy + drop(), s = side(i); if (px > -s && px < W && py > -s && py < H) c.strokeRect(px - 1.5, py - 1.5, s + 3, s + 3); }
    labels();
    box.dataset.ready ||= Math.round(performance.now());
  }
  function labels() {
    box.closest(".dots").classList.toggle("zoomed", k > 1);
    if (k === 1) return;
    c.font = "600 12px " + getComputedStyle(document.body).fontFamily; c.textBaseline = "top";
    names.forEach(([name, top, bottom], r) => { for (let t = 0; t < cols.length; t++) {
      const x1 = t / cols.length * W * k + ox, x2 = (t + 1) / cols.length * W * k + ox, y1 = top * H * k + oy, y2 = bottom * H * k + oy;
      if (x2 < 60 || x1 > W - 20 || y2 < 20 || y1 > H - 10) continue;
      const text = name + ", " + cols[t], x = Math.max(x1, 0) + 6, y = Math.max(y1, 0) + (large() ? 1 : 4), w = c.measureText(text).width;
      c.fillStyle = css.getPropertyValue("--surface"); c.globalAlpha = .88; c.fillRect(x - 3, y - 2, w + 6, 17); c.globalAlpha = 1;
      c.fillStyle = css.getPropertyValue("--ink"); c.fillText(text, x, y);
    } });
  }
  const redraw = () => { raf ||= requestAnimationFrame(draw); };
  function size() { const r = box.getBoundingClientRect(); W = r.width; H = r.height; canvas.width = W * dpr; canvas.height = H * dpr; redraw(); }
  function zoom(f, px, py) { const nk = Math.max(1, Math.min(60, k * f)); ox = px - (px - ox) * nk / k; oy = py - (py - oy) * nk / k; k = nk; clamp(); redraw(); }
  function clamp() { ox = Math.min(0, Math.max(W - W * k, ox)); oy = Math.min(0, Math.max(H - H * k, oy)); }
  function nearest(px, py) {
    const gx = (px - ox) / sx(), gy = (py - oy) / sy(), half = large() / 2; let best = -1, bd = 12;
    if (half) { for (let i = 0; i < n; i++) { const d = Math.hypot(X[i] * sx() + ox + half - px, Y[i] * sy() + oy + drop() + half - py); if (d < bd + half / 2) { bd = d - half / 2; best = i; } } return best; }
    for (let a = -1; a <= 1; a++) for (let b = -1; b <= 1; b++) for (const i of grid.get(((gx >> 9) + a) * 256 + (gy >> 9) + b) || []) {
      const d = Math.hypot(X[i] * sx() + ox - px, Y[i] * sy() + oy - py); if (d < bd) { bd = d; best = i; }
    }
    return best;
  }
  fetch(box.dataset.points).then(r => r.ok ? r.arrayBuffer() : Promise.reject(r.status)).then(buf => {
    const data = new DataView(buf); n = data.getUint32(0, true);
    marked = Array.from({ length: data.getUint32(4 + 5 * n, true) }, (_, i) => data.getUint32(8 + 5 * n + 4 * i, true)); const ringed = new Set(marked); inEvent = i => ringed.has(i);
    X = new Uint16Array(buf, 4, n); Y = new Uint16Array(buf, 4 + 2 * n, n); K = new Uint8Array(buf, 4 + 4 * n, n);
    order = [[], [], [], [], []];
    for (let i = 0; i < n; i++) { order[K[i] & 7].push(i); per[K[i] >> 3] = (per[K[i] >> 3] || 0) + 1; const g = (X[i] >> 9) * 256 + (Y[i] >> 9); let a = grid.get(g); if (!a) grid.set(g, a = []); a.push(i); }
    box.prepend(canvas); size(); new ResizeObserver(size).observe(box);
  }).catch(() => { n = 0; tip.textContent = box.dataset.failed; });
  let drag = null, moved = false;
  box.addEventListener("wheel", e => { if (!e.ctrlKey && !e.metaKey && document.activeElement !== box) return; e.preventDefault(); zoom(e.deltaY < 0 ? 1.25 : .8, e.offsetX, e.offsetY); }, { passive: false });
  box.addEventListener("pointerdown", e => { drag = [e.clientX - ox, e.clientY - oy]; moved = false; });
  addEventListener("pointerup", () => { drag = null; });
  box.addEventListener("click", e => {
    const r = box.getBoundingClientRect(), i = n && !moved ? nearest(e.clientX - r.left, e.clientY - r.top) : -1;
    if (i < 0 || !box.dataset.site) return;
    const site = new URL(box.dataset.site, location.href);
    site.searchParams.set("dot", i);
    location.href = site.href;
  });
  box.addEventListener("pointermove", e => {
    if (drag) { moved ||= Math.abs(e.movementX) + Math.abs(e.movementY) > 3; ox = e.clientX - drag[0]; oy = e.clientY - drag[1]; clamp(); redraw(); return; }
    if (!n) return;
    const r = box.getBoundingClientRect(), i = nearest(e.clientX - r.left, e.clientY - r.top);
    tip.textContent = i < 0 ? box.dataset.hint : `${cols[K[i] >> 3]}, ${words[K[i] & 7]}${inEvent(i) ? ", in the area of an event" : ""}`;
  });
  box.addEventListener("keydown", e => {
    const step = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[e.key];
    if (step) { ox += step[0]; oy += step[1]; clamp(); redraw(); } else if (e.key === "+" || e.key === "=") zoom(1.4, W / 2, H / 2); else if (e.key === "-") zoom(1 / 1.4, W / 2, H / 2); else return;
    e.preventDefault();
  });
  document.querySelectorAll("[data-zoom]").forEach(b => b.addEventListener("click", () => zoom(+b.dataset.zoom, W / 2, H / 2)));
}
