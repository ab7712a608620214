/* Areas that are taken out of a picture, set with mouse, finger or keys. svg[data-areas]: id of the field that holds them, "left top right bottom" in per cent, one a line; without scripts people type there.
   What the field says beside (cells of the grid) stays as it is. */
const limit = (n, a, b) => Math.min(b, Math.max(a, n)), one = n => Math.round(n * 10) / 10, LEAST = 1;
for (const svg of document.querySelectorAll("svg[data-areas]")) {
  const field = document.getElementById(svg.dataset.areas), tools = document.querySelector(`[data-tools="${svg.dataset.areas}"]`);
  const layer = svg.querySelector("[data-layer]"), H = svg.viewBox.baseVal.height, figures = /^\s*[\d.]+([\s,]+[\d.]+){3}\s*$/;
  let boxes = [];
  const set = (el, attributes) => { for (const key in attributes) el.setAttribute(key, attributes[key]); return el; };
  const make = (name, attributes) => set(document.createElementNS(svg.namespaceURI, name), attributes);
  function read() {
    boxes = field.value.split(/[;\n]/).filter(line => figures.test(line)).map(line => line.trim().split(/[\s,]+/).map(Number));
    draw();
  }
  function write() {
    const cells = field.value.split(/[;\n]/).map(line => line.trim()).filter(line => line && !figures.test(line));
    field.value = [...cells, ...boxes.map(box => box.map(one).join(" "))].join("\n");
  }
  function fresh(at) {
    const g = make("g", { tabindex: 0, role: "button", "data-at": at, "aria-label": `Area ${at + 1}: arrows move it, Shift and arrows change its size, Delete takes it away` });
    g.append(make("rect", { fill: "#000", "fill-opacity": .7, stroke: "#fff", "stroke-width": 5 }), make("rect", { width: 26, height: 26, fill: "#fff", "data-corner": "" }));
    g.style.cursor = "move";
    return g;
  }
  /* an area that is held stays the same element: a finger whose target is gone is not heard any more */
  function draw(focus = -1) {
    while (layer.children.length > boxes.length) layer.lastChild.remove();
    boxes.forEach(([l, t, r, b], at) => {
      const [area, corner] = (layer.children[at] ?? layer.appendChild(fresh(at))).children;
      const x = l * 10, y = t * H / 100, width = (r - l) * 10, height = (b - t) * H / 100;
      set(area, { x, y, width, height }); set(corner, { x: x + width - 26, y: y + height - 26 });
    });
    layer.children[focus]?.focus({ preventScroll: true });
  }
  const place = e => { const r = svg.getBoundingClientRect(); return [limit((e.clientX - r.left) / r.width * 100, 0, 100), limit((e.clientY - r.top) / r.height * 100, 0, 100)]; };
  const moved = ([l, t, r, b], x, y) => { x = limit(x, -l, 100 - r); y = limit(y, -t, 100 - b); return [l + x, t + y, r + x, b + y]; };
  const sized = ([l, t, r, b], x, y) => [l, t, limit(r + x, l + LEAST, 100), limit(b + y, t + LEAST, 100)];
  let drag = null;
  svg.addEventListener("touchstart", e => { if (e.target.closest("[data-at]")) e.preventDefault(); }, { passive: false }); // holds the page still
  svg.addEventListener("pointerdown", e => {
    const held = e.target.closest("[data-at]"), [x, y] = place(e);
    if (e.button || !held && e.pointerType === "touch") return; // a finger beside the areas scrolls
    e.preventDefault();
    const at = held ? +held.dataset.at : boxes.push([x, y, x, y]) - 1;
    drag = { at, x, y, from: boxes[at], how: held ? "corner" in e.target.dataset ? sized : moved : null };
    draw(at);
    svg.setPointerCapture(e.pointerId);
  });
  svg.addEventListener("pointermove", e => {
    if (!drag) return;
    const [x, y] = place(e);
    boxes[drag.at] = drag.how ? drag.how(drag.from, x - drag.x, y - drag.y) : [Math.min(x, drag.x), Math.min(y, drag.y), Math.max(x, drag.x), Math.max(y, drag.y)];
    draw(drag.at);
  });
  addEventListener("pointerup", () => {
    if (!drag) return;
    const [l, t, r, b] = boxes[drag.at];
    if (r - l < LEAST || b - t < LEAST) boxes.splice(drag.at, 1);
    drag = null; draw(boxes.length - 1); write();
  });
  svg.addEventListener("keydown", e => {
    const at = +e.target.dataset?.at, step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (!(at >= 0)) return;
    if (step) boxes[at] = (e.shiftKey ? sized : moved)(boxes[at], ...step);
    else if (e.key === "Delete" || e.key === "Backspace") boxes.splice(at, 1);
    else return;
    e.preventDefault(); draw(Math.min(at, boxes.length - 1)); write();
  });
  tools.querySelector("[data-add]").addEventListener("click", () => { draw(boxes.push([40, 40, 60, 60]) - 1); layer.lastChild.focus(); write(); });
  tools.querySelector("[data-drop]").addEventListener("click", () => { boxes.pop(); draw(); write(); });
  field.addEventListener("input", read);
  tools.hidden = false;
  svg.style.cursor = "crosshair";
  svg.querySelector("[data-grid]").setAttribute("opacity", .45);
  read();
}
