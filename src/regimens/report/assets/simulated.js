// What is simulated of a state: curves at once, bands in Web Workers; `changed` is called when a band has come. `known` is what the
// page knows, `state` what its controls say, `body` the size of the subject.
const simulated = (known, state, body, changed) => {
  const { float, decimal } = protocol, WEEK_H = 168, SLICE_MS = 12, MOST_KEPT = 60;

  // ---- curves: doses as the stepper takes them, a grid that is finer after doses, and what was simulated already
  const gridOf = (doses, end) => {
    const points = new Set();
    const even = doses.length > 300 ? 1500 : 360;
    for (let k = 0; k <= even; k++) points.add((end * k) / even);
    for (const { h, over: length } of doses.length > 300 ? [] : doses) {
      points.add(h);
      for (const after of [0.5, 1.5, 3, 5, 8, 12, 18]) points.add(h + length + after);
    }
    return Float64Array.from([...points].filter((h) => h <= end).sort((a, b) => a - b));
  };
  const dosesFor = (plans, model) => {
    const size = body(), end = state.weeks * WEEK_H, missing = new Set();
    const doses = protocol.planned(plans).filter(({ start }) => float(start) < end).map(({ start, drug, amount, route, over: length }) => {
      const input = model.inputs[`${drug} ${route}`];
      if (input === undefined) missing.add(`${drug === "il2" ? "IL-2" : drug} ${route}`);
      return { h: float(start), over: float(length), amount: float(protocol.inPerson(amount, size)), input };
    });
    return { doses, missing: [...missing] };
  };
  const keyOf = (plans, k) => JSON.stringify([protocol.write(plans), decimal(state.kg), state.weeks, k]);
  const kept = new Map(), ribbons = new Map();
  const remember = (map, key, value) => {
    if (map.size >= MOST_KEPT) map.delete(map.keys().next().value);
    map.set(key, value);
    return value;
  };
  const curveOf = (plans, k) => {
    const key = keyOf(plans, k);
    if (kept.has(key)) return kept.get(key);
    const model = known.models[k], { doses, missing } = dosesFor(plans, model), grid = gridOf(doses, state.weeks * WEEK_H);
    if (missing.length) return remember(kept, key, { missing, doses, grid });
    const { out, status, stopped } = stepper.integrate(stepper.models[k], Float64Array.from(model.values), doses, grid);
    return remember(kept, key, { doses, grid, out, status, stopped, width: stepper.models[k].readouts, missing });
  };
  const valuesOf = (curve, model) => {
    const place = model.readouts[state.show];
    return curve.out && place !== undefined ? Float64Array.from(curve.grid, (_, k) => curve.out[k * curve.width + place]) : null;
  };

  // ---- ribbons: in a Web Worker for each model, made of the page's own text; in slices where none can be made
  const workers = [];
  let asked = 0, outstanding = 0, refused = false;
  const makeWorker = () => {
    const address = URL.createObjectURL(new Blob([document.getElementById("wi-stepper").textContent], { type: "text/javascript" }));
    const worker = new Worker(address);
    worker.addEventListener("message", ({ data }) => arrived(data));
    worker.addEventListener("error", () => { if (!refused) { refused = true; ask(); } });
    return worker;
  };
  const arrived = ({ id, key, low, high }) => {
    if (id !== asked) return;
    outstanding--;
    remember(ribbons, key, { low, high });
    changed();
  };
  const fullRows = (model) => model.draws.map((draw) => {
    const values = [...model.values];
    model.varied.forEach((place, k) => { values[place] = draw[k]; });
    return values;
  });
  const inSlices = (task) => {
    const curves = [], rows = [...task.rows];
    const slice = () => {
      if (task.id !== asked) return;
      const until = performance.now() + SLICE_MS;
      while (rows.length && performance.now() < until) curves.push(stepper.drawn(task, rows.pop()));
      if (rows.length) setTimeout(slice, 0);
      else arrived({ ...task, ...stepper.band(curves, task.times.length) });
    };
    slice();
  };
  const ask = () => {
    asked++;
    if (outstanding) workers.splice(0).forEach((worker) => worker && worker.terminate());
    outstanding = 0;
    for (const plans of state.schedules.filter(Boolean)) known.models.forEach((model, k) => {
      const key = keyOf(plans, k) + state.show, readout = model.readouts[state.show], curve = curveOf(plans, k);
      if (!state.models[k] || !model.draws.length || readout === undefined || ribbons.has(key) || !curve.out || curve.status) return;
      const task = { id: asked, key, model: k, rows: fullRows(model), doses: curve.doses, times: curve.grid, readout };
      outstanding++;
      if (refused) inSlices(task);
      else (workers[k] ||= makeWorker()).postMessage(task);
    });
  };

  const bandOf = (plans, k) => ribbons.get(keyOf(plans, k) + state.show);
  return { curveOf, valuesOf, bandOf, ask };
};
