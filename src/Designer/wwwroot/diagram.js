// Pans and zooms diagrams in the browser; those of one group together. Ctrl with the wheel and a pinch zoom, a drag pans.
const groups = new Map();
const known = new WeakMap();
// Below this scale nobody reads what stands in the boxes.
const readable = 0.62;

const bounds = svg => svg.dataset.bounds.split(" ").map(Number);

function paint(group) {
  for (const svg of group.members)
    svg.querySelector(".diagram-view").setAttribute("transform", `translate(${group.x} ${group.y}) scale(${group.k})`);
}

function fit(group, smallest) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const svg of group.members) {
    const [x, y, w, h] = bounds(svg);
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + w), Math.max(bottom, y + h)];
  }
  const width = Math.min(...[...group.members].map(svg => svg.clientWidth));
  const wide = right - left;
  const tall = bottom - top;
  // What is too wide to be read is shown from its beginning; the ground is no taller than what stands on it needs.
  const room = Math.max(200, Math.min(560, innerHeight * 0.46));
  const k = Math.min(width / wide, 1.2);
  group.k = Math.max(Math.min(k, room / tall), smallest);
  const height = Math.max(200, Math.min(room, tall * group.k));
  for (const svg of group.members) svg.style.height = `${height}px`;
  group.x = wide * group.k > width ? -left * group.k : (width - wide * group.k) / 2 - left * group.k;
  group.y = Math.max(0, (height - tall * group.k) / 2) - top * group.k;
  paint(group);
}

function zoomAt(group, factor, x, y) {
  const k = Math.min(3, Math.max(0.05, group.k * factor));
  group.x = x - (x - group.x) * (k / group.k);
  group.y = y - (y - group.y) * (k / group.k);
  group.k = k;
  paint(group);
}

function listen(svg, group) {
  const pointers = new Map();
  let moved = 0;
  const at = event => {
    const box = svg.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  svg.addEventListener("wheel", event => {
    // Without the key the page scrolls; a pinch on a touchpad comes with it.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { x, y } = at(event);
    zoomAt(group, Math.exp(-event.deltaY * 0.0015), x, y);
  }, { passive: false });

  svg.addEventListener("pointerdown", event => {
    pointers.set(event.pointerId, at(event));
    moved = 0;
  });

  svg.addEventListener("pointermove", event => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const distance = p => Math.hypot(p.x - other.x, p.y - other.y);
      if (distance(before) > 0) zoomAt(group, distance(now) / distance(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    } else {
      group.x += now.x - before.x;
      group.y += now.y - before.y;
      paint(group);
    }
    moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (moved > 5 && !svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, now);
  });

  const leave = event => pointers.delete(event.pointerId);
  svg.addEventListener("pointerup", leave);
  svg.addEventListener("pointercancel", leave);
  // A drag is no click.
  svg.addEventListener("click", event => {
    if (moved > 5) event.stopPropagation();
  }, true);
}

export function attach(svg, name) {
  if (!svg) return;
  let group = groups.get(name);
  if (!group) groups.set(name, group = { name, members: new Set(), x: 0, y: 0, k: 1 });
  group.members.add(svg);
  if (known.get(svg) !== group) {
    known.set(svg, group);
    listen(svg, group);
  }
  fit(group, readable);
}

export function zoom(svg, factor) {
  const group = known.get(svg);
  if (!group) return;
  if (factor === 0) fit(group, 0.05);
  else zoomAt(group, factor, svg.clientWidth / 2, svg.clientHeight / 2);
}

export function detach(svg) {
  const group = known.get(svg);
  group?.members.delete(svg);
  if (group?.members.size === 0) groups.delete(group.name);
}
