// Makes random flowcharts and records what the executable model of the flow semantics `sound` does with them.
//
//   node make-random-charts.mjs --model PATH/sim.mjs --seed 1 --count 3200 [--rejected FILE] > out.jsonl
//   node make-random-charts.mjs --model PATH/sim.mjs --golden elsa-golden.jsonl > sound-recorded.jsonl
//
// One line per chart: { name, given: { defs, resume | untilEnd, semantics }, expect: { lines, status, waiting? } }.
// Chart `rnd:<seed>-<i>` depends on seed and i alone. Charts on which the model throws or exceeds its budget go to
// --rejected (the first 100). What the corpus contains is counted on stderr.
//
// Left out on purpose, because the model does not follow flow-semantics.md there or the page says nothing:
// End beside a live nested chart, two connections with the same four values, triggers, input and RunTask.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const maxRootActivities = 12, maxLines = 120, maxRejected = 100;
const joinModes = ['WaitAll', 'WaitAny', 'WaitAllActive'];
const waitTypes = ['Elsa.Event', 'Elsa.Delay'];
const containerTypes = ['Elsa.Flowchart', 'Elsa.FlowNode'];

// ---------------------------------------------------------------- random numbers

/** Small deterministic generator (splitmix32); `salt` separates the charts of one seed. */
function makeRandom(seed, salt) {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b)) >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 0x100000000;
  };
  next();
  const random = {
    chance: (p) => next() < p,
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    of: (list) => list[Math.floor(next() * list.length)],
    /** Picks a value of [[weight, value], …]. */
    weighted: (choices) => {
      let at = next() * choices.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of choices) if ((at -= weight) < 0) return value;
      return choices.at(-1)[1];
    },
    shuffle: (list) => {
      for (let i = list.length - 1; i > 0; i--) {
        const j = random.int(0, i);
        [list[i], list[j]] = [list[j], list[i]];
      }
      return list;
    },
  };
  return random;
}

// ---------------------------------------------------------------- activities

/** Everything a definition in the making shares: ids (unique in the whole definition), counters, taste. */
function makeDesk(random) {
  const numbers = new Map();
  return {
    random, counters: [], depth: 0,
    wait: random.of([0.15, 0.3, 0.5]), stop: random.chance(0.35) ? 0.09 : 0, mode: random.chance(0.4) ? random.of(joinModes) : null,
    id(prefix) {
      const n = (numbers.get(prefix) ?? 0) + 1;
      numbers.set(prefix, n);
      return prefix + n;
    },
    counter(fresh) {
      if (this.counters.length && (this.counters.length > 4 || !fresh)) return random.of(this.counters);
      this.counters.push('ABCDEFGH'[this.counters.length]);
      return this.counters.at(-1);
    },
  };
}

const script = (typeName, value) => ({ typeName, expression: { type: 'JavaScript', value } });

const make = {
  write: (desk) => { const id = desk.id('w'); return { id, type: 'Elsa.WriteLine', text: id }; },
  wait(desk) {
    if (desk.random.chance(0.12)) return { id: desk.id('t'), type: 'Elsa.Delay', timeSpan: '01:00:00' };
    const id = desk.id('e');
    return { id, type: 'Elsa.Event', eventName: id };
  },
  count(desk, counter = desk.counter(false)) {
    return { id: desk.id('i'), type: 'Elsa.SetVariable', variable: { id: 'v' + counter, name: counter, typeName: 'Int32' }, value: script('Int32', `get${counter}()+1`) };
  },
  decide: (desk, condition = someCondition(desk)) => ({ id: desk.id('d'), type: 'Elsa.FlowDecision', condition: script('Boolean', condition) }),
  switch(desk, cases = desk.random.int(1, 3)) {
    const labels = ['x', 'y', 'z'].slice(0, cases);
    return {
      id: desk.id('s'), type: 'Elsa.FlowSwitch', mode: desk.random.of(['MatchFirst', 'MatchAny']),
      cases: labels.map((label) => ({ label, condition: { type: 'JavaScript', value: someCondition(desk) } })),
    };
  },
  fork(desk, branches = desk.random.int(1, 3)) {
    const names = ['p', 'q', 'r'].slice(0, branches);
    return { id: desk.id('f'), type: 'Elsa.FlowFork', branches: { typeName: 'String[]', expression: { type: 'Object', value: JSON.stringify(names) } } };
  },
  join: (desk, mode = desk.mode && desk.random.chance(0.7) ? desk.mode : desk.random.of(joinModes)) => ({ id: desk.id('j'), type: 'Elsa.FlowJoin', mode }),
  stop(desk) {
    const type = desk.random.weighted([[5, 'End'], [3, 'Finish'], [2, 'Fault']]);
    const activity = { id: desk.id('x'), type: 'Elsa.' + type };
    if (type === 'Fault') activity.message = 'out of order';
    return activity;
  },
  nested(desk) {
    const { random } = desk;
    const node = random.chance(0.45);
    const id = desk.id(node ? 'n' : 'c');
    if (node && random.chance(0.3)) return { id, type: 'Elsa.FlowNode', body: random.chance(0.6) ? make.wait(desk) : make.write(desk) };
    const inner = node ? desk.id('c') : id;
    desk.depth++;
    const chart = random.chance(0.03) ? { activities: [], connections: [] } : makeChart(desk, random.int(2, 6));
    desk.depth--;
    const flowchart = { id: inner, type: 'Elsa.Flowchart', ...chart };
    return node ? { id, type: 'Elsa.FlowNode', body: flowchart } : flowchart;
  },
  task(desk) {
    const { random } = desk;
    if (desk.depth < 2 && random.chance(0.07)) return make.nested(desk);
    if (random.chance(desk.stop)) return make.stop(desk);
    if (random.chance(desk.wait)) return make.wait(desk);
    return random.chance(0.06) ? make.count(desk) : make.write(desk);
  },
};

function someCondition({ random, counters }) {
  if (!counters.length || random.chance(0.15)) return random.of(['true', 'false']);
  const value = `get${random.of(counters)}()`;
  return random.of([`${value}<${random.int(1, 4)}`, `${value}>=${random.int(1, 3)}`, `${value}%2==${random.int(0, 1)}`, `${value}==${random.int(0, 2)}`]);
}

function portsOf(activity) {
  switch (activity.type) {
    case 'Elsa.FlowDecision': return ['True', 'False'];
    case 'Elsa.FlowSwitch': return [...activity.cases.map((c) => c.label), 'Default'];
    case 'Elsa.FlowFork': return JSON.parse(activity.branches.expression.value);
    default: return ['Done'];
  }
}

// ---------------------------------------------------------------- charts
// While a chart is made, an edge is { s, p, t }; a block is { entry, exits: [{ s, p }] }.

function makeSketch(desk) {
  const activities = [], edges = [];
  const sketch = {
    desk, activities, edges,
    add: (activity) => { activities.push(activity); return activity; },
    link(s, p, t) { if (!edges.some((e) => e.s === s && e.p === p && e.t === t)) edges.push({ s, p, t }); },
    connect(exits, t) { for (const { s, p } of exits) sketch.link(s, p, t); },
    exitsOf: (activity) => portsOf(activity).map((p) => ({ s: activity.id, p })),
  };
  return sketch;
}

function taskBlock(sketch, wait = false) {
  const activity = sketch.add(wait ? make.wait(sketch.desk) : make.task(sketch.desk));
  return { entry: activity.id, exits: sketch.exitsOf(activity) };
}

function sequence(sketch, ...blocks) {
  for (let i = 1; i < blocks.length; i++) sketch.connect(blocks[i - 1].exits, blocks[i].entry);
  return { entry: blocks[0].entry, exits: blocks.at(-1).exits };
}

/** Brings branches together: an explicit join, an implicit one, or none (then the next block is the join). */
function mergeOf(sketch, gate, exits) {
  const { random } = sketch.desk;
  const kind = random.weighted([[60, 'join'], [25, 'write'], [15, 'none']]);
  if (kind === 'none') return { entry: gate.id, exits };
  const merge = sketch.add(kind === 'join' ? make.join(sketch.desk) : make.write(sketch.desk));
  sketch.connect(exits, merge.id);
  return { entry: gate.id, exits: sketch.exitsOf(merge) };
}

function choice(sketch, size) {
  const { random } = sketch.desk;
  const gate = sketch.add(random.chance(0.7) ? make.decide(sketch.desk) : make.switch(sketch.desk));
  const ports = portsOf(gate), exits = [];
  for (const p of ports) {
    if (random.chance(0.25)) exits.push({ s: gate.id, p });
    else {
      const branch = block(sketch, Math.floor((size - 2) / ports.length));
      sketch.link(gate.id, p, branch.entry);
      exits.push(...branch.exits);
    }
  }
  return mergeOf(sketch, gate, exits);
}

function parallel(sketch, size, waits = false) {
  const { random } = sketch.desk;
  const count = size >= 6 && random.chance(0.3) ? 3 : 2;
  const gate = sketch.add(random.chance(0.5) ? make.fork(sketch.desk, count) : random.chance(0.8) ? make.write(sketch.desk) : make.wait(sketch.desk));
  const ports = portsOf(gate), exits = [];
  for (let k = 0; k < count; k++) {
    const room = Math.floor((size - 2) / count);
    if (ports.length > 1 && random.chance(0.12)) { exits.push({ s: gate.id, p: ports[k] }); continue; }
    let branch = waits && random.chance(0.75) ? taskBlock(sketch, true) : block(sketch, room);
    if (waits && room > 1 && random.chance(0.3)) branch = sequence(sketch, branch, block(sketch, room - 1));
    sketch.link(gate.id, ports[k % ports.length], branch.entry);
    exits.push(...branch.exits);
  }
  return mergeOf(sketch, gate, exits);
}

/** body → counter → decision, back to the head while the counter says so. */
function loop(sketch, size, makeBody = (room) => block(sketch, room)) {
  const { random } = sketch.desk;
  const counter = sketch.desk.counter(random.chance(0.8)), rounds = random.int(2, 3);
  const head = random.chance(0.5) ? sketch.add(random.chance(0.4) ? make.join(sketch.desk) : random.chance(0.4) ? make.wait(sketch.desk) : make.write(sketch.desk)) : null;
  const body = makeBody(size - (head ? 3 : 2));
  if (head) sketch.connect(sketch.exitsOf(head), body.entry);
  const count = sketch.add(make.count(sketch.desk, counter));
  const test = sketch.add(make.decide(sketch.desk, random.chance(0.5) ? `get${counter}()<${rounds}` : `get${counter}()%${rounds}!=0`));
  sketch.connect(body.exits, count.id);
  sketch.link(count.id, 'Done', test.id);
  sketch.link(test.id, 'True', head?.id ?? body.entry);
  return { entry: head?.id ?? body.entry, exits: [{ s: test.id, p: 'False' }] };
}

function block(sketch, size) {
  const { random } = sketch.desk;
  if (size <= 1) return taskBlock(sketch);
  const kind = random.weighted([[1, 'task'], [4, 'sequence'], [size >= 3 ? 3 : 0, 'choice'], [size >= 4 ? 4 : 0, 'parallel'], [size >= 4 ? 3 : 0, 'loop']]);
  if (kind === 'task') return taskBlock(sketch);
  if (kind === 'choice') return choice(sketch, size);
  if (kind === 'parallel') return parallel(sketch, size);
  if (kind === 'loop') return loop(sketch, size);
  const first = random.int(1, size - 1);
  return sequence(sketch, block(sketch, first), block(sketch, size - first));
}

/** Loops over parallel waits and their joins, with a second join, choice or loop behind the first. */
function loopOfJoins(sketch, size) {
  const { random } = sketch.desk;
  return loop(sketch, size, (room) => {
    const first = parallel(sketch, Math.min(room, 5), true);
    const rest = room - 5;
    if (rest < 1 || random.chance(0.15)) return first;
    const second = rest >= 4 && random.chance(0.5) ? parallel(sketch, rest, true) : rest >= 3 && random.chance(0.5) ? choice(sketch, rest) : block(sketch, rest);
    return random.chance(0.8) ? sequence(sketch, first, second) : sequence(sketch, second, first);
  });
}

/** A ring of two or three places with more than one way in: no node dominates the others. */
function ring(sketch, size) {
  const { desk } = sketch, { random } = desk;
  const count = size >= 8 && random.chance(0.35) ? 3 : 2;
  const counter = desk.counter(true);
  const gate = sketch.add(random.weighted([[4, make.write], [2, make.wait], [3, (d) => make.fork(d, count)], [2, make.decide]])(desk));
  const ports = portsOf(gate);
  const places = Array.from({ length: count }, () => sketch.add(random.weighted([[5, make.join], [3, make.write], [2, make.wait]])(desk)));
  const exits = [];
  places.forEach((place, k) => {
    const next = places[(k + 1) % count];
    let from = sketch.exitsOf(place);
    const space = maxRootActivities - sketch.activities.length;
    if (space > 2 && random.chance(0.6)) {
      const task = taskBlock(sketch, random.chance(0.4));
      sketch.connect(from, task.entry);
      from = task.exits;
    }
    if (space > 4 && random.chance(k === 0 ? 0.9 : 0.5)) {
      const step = sketch.add(make.count(desk, counter));
      const test = sketch.add(make.decide(desk, `get${counter}()<${random.int(2, 4)}`));
      sketch.connect(from, step.id);
      sketch.link(step.id, 'Done', test.id);
      sketch.link(test.id, 'True', next.id);
      exits.push({ s: test.id, p: 'False' });
    } else {
      sketch.connect(from, next.id);
      if (random.chance(0.2)) exits.push(...from);
    }
    if (k < 2 || random.chance(0.5)) sketch.link(gate.id, ports[k % ports.length], place.id);
  });
  return { entry: gate.id, exits };
}

/** Joins that feed each other, entered in parallel: only "the oldest token goes first" can move them. */
function standoff(sketch, size) {
  const { desk } = sketch, { random } = desk;
  const gate = sketch.add(random.of([make.write, make.wait, (d) => make.fork(d, 2)])(desk));
  const ports = portsOf(gate), exits = [];
  const count = size >= 9 && random.chance(0.3) ? 3 : 2;
  const joins = Array.from({ length: count }, () => sketch.add(random.chance(0.75) ? make.join(desk, random.weighted([[5, 'WaitAllActive'], [4, 'WaitAll'], [1, 'WaitAny']])) : make.write(desk)));
  joins.forEach((join, k) => {
    let into = { s: gate.id, p: ports[k % ports.length] };
    if (random.chance(0.5)) {
      const before = taskBlock(sketch, random.chance(0.5));
      sketch.link(into.s, into.p, before.entry);
      sketch.connect(before.exits, join.id);
    } else sketch.link(into.s, into.p, join.id);
    let out = sketch.exitsOf(join);
    if (sketch.activities.length < maxRootActivities - 3 && random.chance(0.6)) {
      const test = sketch.add(random.chance(0.6) ? make.decide(desk) : make.wait(desk));
      sketch.connect(out, test.id);
      out = sketch.exitsOf(test);
    }
    sketch.connect(out.slice(0, 1), joins[(k + 1) % count].id);
    exits.push(...out.slice(-1));
  });
  return { entry: gate.id, exits };
}

/** Two joins that one undecided branch keeps from firing: when it takes neither way, both are released at once. */
function release(sketch) {
  const { desk } = sketch, { random } = desk;
  const gate = sketch.add(random.of([make.write, make.wait, (d) => make.fork(d, 3)])(desk));
  const ports = portsOf(gate);
  const undecided = sketch.add(make.switch(desk, random.int(2, 3)));
  if (random.chance(0.6)) for (const c of undecided.cases) c.condition.value = 'false';
  const ahead = random.chance(0.5) ? sketch.add(random.chance(0.6) ? make.wait(desk) : make.write(desk)) : null;
  if (ahead) sketch.connect(sketch.exitsOf(ahead), undecided.id);
  const exits = [], easy = random.chance(0.5);
  for (let k = 0; k < 2; k++) {
    const join = sketch.add(random.chance(0.7) ? make.join(desk, random.weighted([[easy ? 99 : 6, 'WaitAllActive'], [2, 'WaitAll'], [1, 'WaitAny']])) : make.write(desk));
    const before = taskBlock(sketch, random.chance(0.3)), written = easy && sketch.add(make.write(desk));
    const after = written ? { entry: written.id, exits: sketch.exitsOf(written) } : taskBlock(sketch);
    sketch.link(gate.id, ports[k % ports.length], before.entry);
    sketch.connect(before.exits, join.id);
    sketch.link(undecided.id, portsOf(undecided)[k], join.id);
    sketch.connect(sketch.exitsOf(join), after.entry);
    exits.push(...after.exits);
  }
  sketch.link(gate.id, ports.at(-1), (ahead ?? undecided).id);
  if (random.chance(0.5)) exits.push({ s: undecided.id, p: 'Default' });
  if (random.chance(0.5)) random.shuffle(sketch.activities);
  return { entry: gate.id, exits };
}

/** Any activities, any connections; backward ones mostly guarded by a counter or by a wait. */
function anything(sketch, size) {
  const { desk } = sketch, { random } = desk;
  if (random.chance(0.6)) desk.counter(true);
  const kinds = [[40, make.task], [12, make.decide], [5, make.switch], [8, make.fork], [18, make.join], [4, make.count], [random.of([4, 25]), make.wait]];
  for (let k = 0; k < size; k++) sketch.add(random.weighted(kinds)(desk));
  const nodes = [...sketch.activities];
  const link = (s, t) => sketch.link(s.id, random.chance(0.02) ? 'Nope' : random.of(portsOf(s)), t.id);
  for (let k = 1; k < nodes.length; k++) if (!random.chance(0.04)) link(nodes[random.chance(0.6) ? Math.max(0, k - random.int(1, 2)) : random.int(0, k - 1)], nodes[k]);
  for (let k = random.int(0, Math.ceil(size * 0.7)); k > 0 && size > 1; k--) {
    const from = random.int(0, size - 2);
    link(nodes[from], nodes[random.int(from + 1, size - 1)]);
  }
  for (let k = random.weighted([[3, 0], [4, 1], [2, 2], [1, 3]]); k > 0; k--) {
    const from = random.int(0, size - 1), to = nodes[random.int(0, from)];
    if (random.chance(0.4) || sketch.activities.length > maxRootActivities - 2) link(nodes[from], to);
    else {
      const counter = desk.counter(true);
      const step = sketch.add(make.count(desk, counter));
      const test = sketch.add(make.decide(desk, `get${counter}()<${random.int(2, 3)}`));
      link(nodes[from], step);
      sketch.link(step.id, 'Done', test.id);
      sketch.link(test.id, 'True', to.id);
      if (random.chance(0.6)) sketch.link(test.id, 'False', random.of(nodes).id);
    }
  }
  return { entry: nodes[0].id, exits: [] };
}

/** Small damage: what a hurried author, or an old file, does to a proper chart. */
function disturb(sketch) {
  const { desk: { random }, activities, edges } = sketch;
  const edge = random.int(0, Math.max(0, edges.length - 1));
  const activity = random.of(activities);
  switch (random.weighted([[3, 'retarget'], [4, 'add'], [2, 'remove'], [2, 'mode'], [1, 'port'], [1, 'dangling'], [1, 'root'], [2, 'twice']])) {
    case 'retarget': { const e = edges.splice(edge, 1)[0]; if (e) sketch.link(e.s, e.p, activity.id); break; }
    case 'add': sketch.link(activity.id, random.of(portsOf(activity)), random.of(activities).id); break;
    case 'remove': edges.splice(edge, 1); break;
    case 'mode': for (const a of activities) if (a.type === 'Elsa.FlowJoin' && random.chance(0.5)) a.mode = random.of(joinModes); break;
    case 'port': if (edges[edge] && random.chance(0.5)) { const e = edges.splice(edge, 1)[0]; sketch.link(e.s, 'Nope', e.t); } break;
    case 'dangling': if (activities.length < maxRootActivities) sketch.add(make.task(sketch.desk)); break;
    case 'root': if (activities.length < maxRootActivities) sketch.link(sketch.add(make.write(sketch.desk)).id, 'Done', activity.id); break;
    case 'twice': { const e = edges[edge], source = e && activities.find((a) => a.id === e.s); if (e) sketch.link(e.s, random.of(portsOf(source)), e.t); break; }
  }
}

function makeChart(desk, size) {
  const { random } = desk;
  const sketch = makeSketch(desk);
  const start = random.chance(0.25) ? sketch.add({ id: desk.id('o'), type: 'Elsa.Start' }) : null;
  const shape = random.weighted([[30, anything], [22, block], [size >= 8 ? 38 : 0, loopOfJoins], [size >= 5 ? 10 : 0, ring], [size >= 5 ? 8 : 0, standoff], [size >= 9 ? 8 : 0, release], [size >= 5 ? 6 : 0, loop]]);
  const tail = random.int(0, 2), room = size - (start ? 1 : 0);
  let body = shape(sketch, Math.max(1, shape === anything ? room : room - tail));
  if (start) sketch.link(start.id, 'Done', body.entry);
  for (let k = 0; k < tail && body.exits.length && sketch.activities.length < maxRootActivities; k++) {
    const next = random.chance(0.25) ? sketch.add(make.join(desk)) : null;
    const after = next ? { entry: next.id, exits: sketch.exitsOf(next) } : taskBlock(sketch);
    sketch.connect(body.exits, after.entry);
    body = after;
  }
  if (random.chance(0.45)) for (let k = random.int(1, 3); k > 0; k--) disturb(sketch);
  if (random.chance(0.03)) { const a = random.of(sketch.activities); if (!waitTypes.includes(a.type)) a.customProperties = { canStartWorkflow: true }; }
  if (random.chance(0.15)) random.shuffle(sketch.activities);
  if (random.chance(0.3)) random.shuffle(sketch.edges);
  noEndBesideNested(sketch);
  return { activities: sketch.activities, connections: connectionsOf(sketch) };
}

/** Where several branches can be live, a chart with containers gets no End (see the head of this file). */
function noEndBesideNested({ activities, edges }) {
  const several = edges.some((e, i) => edges.some((f, k) => k > i && f.s === e.s && f.p === e.p))
    || activities.some((a) => a.type === 'Elsa.FlowFork' || a.mode === 'MatchAny');
  if (!several || !activities.some((a) => containerTypes.includes(a.type))) return;
  for (const a of activities) if (a.type === 'Elsa.End') { a.type = 'Elsa.WriteLine'; a.text = a.id; }
}

function connectionsOf({ desk: { random }, edges }) {
  const form = random.weighted([[6, 'full'], [3, 'short'], [1, 'flat']]);
  return edges.map(({ s, p, t }) => form === 'flat' ? { source: s, sourcePort: p, target: t, targetPort: 'In' }
    : form === 'short' ? { source: p === 'Done' ? { activity: s } : { activity: s, port: p }, target: { activity: t } }
      : { source: { activity: s, port: p }, target: { activity: t, port: 'In' } });
}

// ---------------------------------------------------------------- definitions and their runs

const childCharts = (chart) => chart.activities.flatMap((a) => a.type === 'Elsa.Flowchart' ? [a] : a.body?.type === 'Elsa.Flowchart' ? [a.body] : []);
const allCharts = (chart) => [chart, ...childCharts(chart).flatMap(allCharts)];
const allActivities = (root) => allCharts(root).flatMap((c) => c.activities.flatMap((a) => a.body && a.body.type !== 'Elsa.Flowchart' ? [a, a.body] : [a]));

function makeDefinition(random, id) {
  const desk = makeDesk(random);
  const root = { id: 'main', type: 'Elsa.Flowchart', ...makeChart(desk, random.of([2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 10, 11, 11, 12, 12, 12])) };
  if (root.activities.length > maxRootActivities) return null;
  const variables = desk.counters.map((name) => ({
    id: 'v' + name, name, typeName: 'Int32', value: '0',
    storageDriverTypeName: 'Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core',
  }));
  return { id: id + 'v1', definitionId: id, version: 1, variables, root };
}

/** Plays with the model: mostly wakes something that waits, sometimes something that does not. */
function makeResume(random, definition, run) {
  const all = allActivities(definition.root), waits = all.filter((a) => waitTypes.includes(a.type)).map((a) => a.id);
  const resume = [];
  if (!waits.length) return random.chance(0.05) ? [all[0].id] : resume;
  const steps = random.chance(0.25) ? random.int(0, 3) : random.int(4, 16);
  let extra = random.chance(0.15) ? random.int(1, 2) : 0;
  while (resume.length < steps) {
    const { waiting } = run(definition, resume);
    const open = waiting.filter((id) => waits.includes(id));
    if (!open.length && extra-- <= 0) break;
    if (open.length && random.chance(0.88)) resume.push(random.of(open));
    else resume.push(random.chance(0.9) ? random.of(waits) : random.chance(0.5) ? 'nobody' : random.of(all).id);
  }
  return resume;
}

function expectOf(result) {
  const { lines, status } = result;
  return status === 'Running/Suspended' ? { lines, status, waiting: [...result.waiting].sort() } : { lines, status };
}

// ---------------------------------------------------------------- what a chart contains

function shapeOf(chart) {
  const edges = chart.connections.map((c) => typeof c.source === 'string' ? { s: c.source, t: c.target } : { s: c.source.activity, t: c.target.activity });
  const out = (id) => edges.filter((e) => e.s === id).map((e) => e.t);
  const reach = (id) => { const seen = new Set(), todo = out(id); while (todo.length) { const n = todo.pop(); if (!seen.has(n)) { seen.add(n); todo.push(...out(n)); } } return seen; };
  const reached = new Map(chart.activities.map((a) => [a.id, reach(a.id)]));
  const inbound = (id) => edges.filter((e) => e.t === id);
  const joins = chart.activities.filter((a) => inbound(a.id).length > 1 || (a.type === 'Elsa.FlowJoin' && inbound(a.id).length));
  const waits = chart.activities.filter((a) => /"Elsa\.(Event|Delay)"/.test(JSON.stringify(a)));
  const inLoop = (a) => reached.get(a.id).has(a.id);
  const together = (a, b) => a === b ? inLoop(a) : reached.get(a.id).has(b.id) && reached.get(b.id).has(a.id);
  return {
    joins, implicit: joins.some((a) => a.type !== 'Elsa.FlowJoin'), loop: chart.activities.some(inLoop),
    manyEntries: chart.activities.some((a) => inLoop(a) && new Set(chart.activities.filter((b) => together(a, b) && inbound(b.id).some((e) => !together(a, chart.activities.find((x) => x.id === e.s)))).map((b) => b.id)).size > 1),
    joinsInLoopWithWait: chart.activities.some((w) => waits.includes(w) && inLoop(w) && joins.filter((j) => together(w, j)).length >= 2),
    samePair: edges.some((e, i) => edges.some((f, k) => k > i && f.s === e.s && f.t === e.t)),
  };
}

function traitsOf(definition, given, expect) {
  const charts = allCharts(definition.root), shapes = charts.map(shapeOf), all = allActivities(definition.root);
  const some = (test) => shapes.some(test), has = (type) => all.some((a) => a.type === type);
  const traits = {
    'join WaitAll': all.some((a) => a.mode === 'WaitAll'), 'join WaitAny': all.some((a) => a.mode === 'WaitAny'),
    'join WaitAllActive': all.some((a) => a.mode === 'WaitAllActive'), 'implicit join': some((s) => s.implicit),
    'loop': some((s) => s.loop), 'loop with several entries': some((s) => s.manyEntries),
    'two joins in a loop with a wait': some((s) => s.joinsInLoopWithWait), 'same pair twice': some((s) => s.samePair),
    'nested chart or container': all.some((a) => containerTypes.includes(a.type)), 'nested twice': charts.some((c) => c !== definition.root && c.activities.some((a) => containerTypes.includes(a.type))),
    'wait': all.some((a) => waitTypes.includes(a.type)), 'untilEnd': !!given.untilEnd, 'resumed': !!given.resume,
    'an activity writes twice': new Set(expect.lines).size < expect.lines.length,
    'same activity waits twice at once': !!expect.waiting && new Set(expect.waiting).size < expect.waiting.length,
  };
  for (const type of ['FlowDecision', 'FlowSwitch', 'FlowFork', 'SetVariable', 'Start', 'End', 'Finish', 'Fault']) traits['has ' + type] = has('Elsa.' + type);
  traits[expect.status] = true;
  return traits;
}

/** True if another mode of one join changes what is seen: then the chart tells right from wrong. */
function modeMatters(definition, given, expect, run) {
  for (const join of allActivities(definition.root).filter((a) => a.type === 'Elsa.FlowJoin')) {
    const mode = join.mode;
    try {
      for (const other of joinModes) {
        join.mode = other;
        if (JSON.stringify(expectOf(run(definition, given.resume ?? [], given.untilEnd))) !== JSON.stringify(expect)) return true;
      }
    } catch { return true; } finally { join.mode = mode; }
  }
  return false;
}

// ---------------------------------------------------------------- programs

function writeRandom({ seed, count, rejected }, run) {
  const seen = new Set(), totals = new Map(), bad = [];
  let kept = 0, matters = 0, threw = 0, index = 0;
  for (; kept < count; index++) {
    const random = makeRandom(seed, index), name = `rnd:${seed}-${index}`;
    const definition = makeDefinition(random, 'r');
    if (!definition) continue;
    const given = { defs: [definition] };
    let expect;
    try {
      const waits = allActivities(definition.root).some((a) => waitTypes.includes(a.type));
      if (waits && random.chance(0.15)) given.untilEnd = true;
      else {
        const resume = makeResume(random, definition, run);
        if (resume.length) given.resume = resume;
      }
      given.semantics = 'sound';
      expect = expectOf(run(definition, given.resume ?? [], given.untilEnd));
    } catch (error) {
      threw++;
      if (bad.length < maxRejected) bad.push(JSON.stringify({ name, given: { ...given, semantics: 'sound' }, error: error.message }));
      continue;
    }
    if (expect.lines.length > maxLines || (given.untilEnd && expect.status === 'Running/Suspended')) continue;
    const key = JSON.stringify(given);
    if (seen.has(key)) continue;
    const joins = allCharts(definition.root).reduce((sum, c) => sum + shapeOf(c).joins.length, 0);
    const telling = modeMatters(definition, given, expect, run);
    const keep = joins === 0 ? 0.12 : telling ? 1 : expect.lines.length < 2 ? 0.15 : joins < 2 ? 0.3 : 0.55;
    if (!random.chance(keep)) continue;
    seen.add(key);
    kept++;
    if (telling) matters++;
    for (const [trait, present] of Object.entries(traitsOf(definition, given, expect))) totals.set(trait, (totals.get(trait) ?? 0) + (present ? 1 : 0));
    process.stdout.write(JSON.stringify({ name, given, expect }) + '\n');
  }
  if (rejected) fs.writeFileSync(rejected, bad.map((line) => line + '\n').join(''));
  console.error(`${kept} charts of ${index} tries; the model gave up on ${threw} (${bad.length} kept aside)`);
  console.error(`${String(matters).padStart(6)}  another mode of one join changes the result`);
  for (const [trait, n] of totals) console.error(`${String(n).padStart(6)}  ${trait}`);
}

/** Golden cases that the model does not know, or whose point (reading inputs, incident strategy) it ignores. */
const unknownToModel = /Acme|getR\(|getArr|ForEach|"Elsa\.For"|While|Sequence|Liquid|incidentStrategyType/;
const aboutReading = ['fmt:input-missing-typeName', 'fmt:unknown-expr-type'];

function writeRecorded({ golden }, run) {
  let written = 0;
  for (const line of fs.readFileSync(golden, 'utf8').split('\n').filter(Boolean)) {
    const { name, given } = JSON.parse(line), definition = given.defs?.[0];
    if (given.mode || given.ops || given.run || definition?.root?.type !== 'Elsa.Flowchart') continue;
    if (unknownToModel.test(JSON.stringify(given)) || aboutReading.includes(name)) { console.error(`skipped ${name}`); continue; }
    try {
      const { lines, status } = run(definition, given.resume ?? [], given.untilEnd);
      process.stdout.write(JSON.stringify({ name, expect: { lines, status } }) + '\n');
      written++;
    } catch (error) { console.error(`skipped ${name}: ${error.message}`); }
  }
  console.error(`${written} cases`);
}

function readOptions(args) {
  const options = { seed: 1, count: 3200 };
  for (let k = 0; k + 1 < args.length; k += 2) options[args[k].replace(/^--/, '')] = /^\d+$/.test(args[k + 1]) ? +args[k + 1] : args[k + 1];
  if (!options.model || args.length % 2) {
    console.error('usage: node make-random-charts.mjs --model PATH/sim.mjs [--seed N] [--count N] [--rejected FILE] [--golden FILE]');
    process.exit(2);
  }
  return options;
}

const options = readOptions(process.argv.slice(2));
process.argv.length = 2; // the model takes a first argument for a golden file of its own
const { run } = await import(pathToFileURL(path.resolve(options.model)));
if (options.golden) writeRecorded(options, run);
else writeRandom(options, run);
