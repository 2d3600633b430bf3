// The section "What if?": one state, steered by controls; totals are exact, curves are simulated as the state changes.
(() => {
  const known = JSON.parse(document.getElementById("wi-data").textContent);
  // a schedule that this page cannot read, such as one of very many doses, is left out
  known.starts = known.starts.filter(({ text }) => { try { return protocol.parse(text); } catch { return false; } });
  const first = Math.max(0, known.starts.findIndex(({ group, text }) => group === known.own || text.startsWith("(")));
  const $ = (id) => document.getElementById(`wi-${id}`);
  const bench = document.getElementById("wi");
  const { Refused, whole, ratio, times, over, add, minus, compare, float, floor, read, decimal, amountText, amountUnit } = protocol;
  const HOUR_DAY = whole(24), MIU = whole(1000000), LETTERS = ["A", "B"], WEEK_H = 168;
  const MOST = { IU: [whole(200000000), "200 MIU"], mg: [whole(5000), "5000 mg"] };
  const STATUS = ["", "step limit", "a state is no finite number", "the step became too small", "a state fell below zero"];
  const IDLE_MS = 250, SPEAK_MS = 700, PAUSE_MS = 12;

  // ---- state
  const original = { kg: read(known.kg), weeks: known.weeks };
  const state = { schedules: [null, null], from: [0, 0], turn: 0, kg: original.kg, weeks: original.weeks, models: known.models.map(() => true), show: known.show, total: null };
  const body = () => ({ kg: state.kg, m2: compare(state.kg, original.kg) === 0 ? read(known.m2) : protocol.mosteller(state.kg, read(known.cm)) });
  const chosen = () => state.schedules[state.turn];
  const shownSchedules = () => state.schedules.flatMap((plans, k) => (plans ? [[k, plans]] : []));
  const drugOf = (plans) => (plans.il2 ? "il2" : Object.keys(plans).sort()[0]);

  // ---- the levers act on the first course of the leading drug, and on the cycle that it stands in
  const found = (plans) => {
    const parts = plans[drugOf(plans)] || [];
    const isDosing = (part) => part.kind === "course" || part.kind === "dose";
    const cycle = parts.find((part) => part.kind === "cycle" && part.parts.some(isDosing));
    const inside = cycle ? cycle.parts : parts, course = inside.find(isDosing) || null;
    const after = course ? inside[inside.indexOf(course) + 1] : null;
    const simple = parts.length === 1 && (!cycle || inside.length === 1 || (inside.length === 2 && after && after.kind === "rest"));
    return { drug: drugOf(plans), parts, cycle, inside, course, rest: cycle && after && after.kind === "rest" ? after : null, simple };
  };
  const clone = (plans) => structuredClone(plans);
  const inDays = (hours) => decimal(over(hours, HOUR_DAY));
  const unitOf = ({ unit, value, basis }) => {
    const [name, size] = unit === "IU" ? ["MIU", MIU] : amountUnit(value, unit);
    return { name: name + { flat: "", m2: "/m2", kg: "/kg" }[basis], size };
  };
  // in the unit that is shown
  const stepOf = ({ unit, value, basis }) => (unit !== "IU" ? whole(10) : basis === "kg" ? ratio(1n, 1000n) : compare(value, ratio(MIU[0], 10n)) < 0 ? ratio(1n, 100n) : read(known.step));
  const positive = (value, what, unit, most) => {
    if (!value) throw new Refused(`${what} needs a number, for example ${most.example} ${unit}.`);
    if (value[0] <= 0n) throw new Refused(`${what} must be more than zero, found ${decimal(value)}.`);
    return value;
  };
  const counted = (value, what, most) => {
    if (!value || value[1] !== 1n) throw new Refused(`${what} must be a whole number from 1 to ${most}.`);
    if (value[0] < 1n || value[0] > BigInt(most)) throw new Refused(`${what} must be from 1 to ${most}, found ${decimal(value)}.`);
    return Number(value[0]);
  };
  const weeksText = () => String(Number(state.weeks.toPrecision(6)));
  const levers = {
    amount: {
      of: ({ course }) => course && decimal(over(course.amount.value, unitOf(course.amount).size)),
      unit: ({ course }) => unitOf(course.amount).name,
      set: ({ course }, value) => {
        const { size, name } = unitOf(course.amount), amount = times(positive(value, "The amount", name, { example: 1 }), size);
        const [most, words] = MOST[course.amount.unit];
        if (compare(amount, most) > 0) throw new Refused(`An amount of ${amountText(amount, course.amount.unit)} is more than ${words}, the most that this page takes. Check the unit.`);
        course.amount.value = amount;
      },
    },
    interval: {
      of: ({ course }) => (course && course.every ? inDays(course.every) : null),
      why: ({ course }) => (course && course.days ? `Given ${protocol.writeFrequency(course)}; write another protocol text for one interval.` : "Given once: there is no interval."),
      set: ({ course }, value) => {
        const hours = times(positive(value, "The interval", "days", { example: 2 }), HOUR_DAY);
        if (course.over && compare(course.over, hours) > 0) throw new Refused(`An interval of ${protocol.durationText(hours)} is shorter than the infusion of ${protocol.durationText(course.over)}.`);
        if (compare(hours, whole(8760)) > 0) throw new Refused(`An interval must be at most 365 days, found ${decimal(value)}.`);
        course.every = hours;
      },
    },
    doses: {
      of: ({ course }) => course && (course.kind === "course" ? String(course.doses) : null),
      why: () => "Given once.",
      set: ({ course }, value) => { course.doses = counted(value, "The number of doses", 2000); },
    },
    rest: {
      of: ({ rest, cycle }) => (cycle ? (rest ? inDays(rest.hours) : "0") : null),
      why: () => "A rest stands between cycles.",
      set: ({ rest, inside, course }, value) => {
        if (!value || compare(value, whole(365)) > 0) throw new Refused("A rest must be a number of days from 0 to 365.");
        if (rest) inside.splice(inside.indexOf(rest), 1);
        if (value[0]) inside.splice(inside.indexOf(course) + 1, 0, { kind: "rest", hours: times(value, HOUR_DAY) });
      },
    },
    cycles: {
      of: ({ cycle, simple }) => (cycle ? String(cycle.repeats) : simple ? "1" : null),
      why: () => "This schedule has several parts; write the cycles as text.",
      set: ({ cycle, parts, course, simple }, value) => {
        const repeats = counted(value, "The number of cycles", 100);
        if (cycle && (repeats > 1 || !simple)) cycle.repeats = repeats;
        else if (cycle) parts.splice(0, 1, course);
        else if (repeats > 1) parts.splice(0, 1, { kind: "cycle", parts: [course, { kind: "rest", hours: times(whole(14), HOUR_DAY) }], repeats });
      },
    },
    infusion: {
      of: ({ course }) => (course && course.route === "IV" ? (course.over ? decimal(course.over) : "0") : null),
      why: () => "Only a dose into a vein (IV) can be an infusion.",
      set: ({ course }, value) => {
        if (!value || compare(value, whole(720)) > 0) throw new Refused("An infusion must be a number of hours from 0 (a bolus) to 720.");
        course.over = value[0] ? value : null;
      },
    },
    weight: {
      of: () => decimal(state.kg),
      set: (_, value) => {
        if (!value || compare(value, whole(10)) < 0 || compare(value, whole(300)) > 0) throw new Refused("Body weight must be a number from 10 to 300 kg.");
        state.kg = value;
      },
    },
    horizon: {
      of: () => weeksText(),
      set: (_, value) => {
        if (!value || value[0] <= 0n) throw new Refused("The horizon must be a number of weeks, more than zero.");
        if (float(value) > known.most_weeks) throw new Refused(`A horizon of ${decimal(value)} weeks is more than ${known.most_weeks} weeks, the most that this page draws. \`regimens compare\` takes any.`);
        state.weeks = float(value);
      },
    },
  };

  // ---- sentences beside controls
  const complain = (name, sentence) => {
    const place = $(`${name}-wrong`), control = $(name);
    place.hidden = !sentence;
    place.textContent = sentence;
    control.setAttribute("aria-invalid", String(Boolean(sentence)));
  };
  const trying = (name, change) => {
    try {
      change();
      complain(name, "");
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      complain(name, error.message);
      return false;
    }
  };

  // ---- the same total, by another lever
  const sumOf = (plans) => {
    const sum = protocol.exposure(protocol.planned(plans), drugOf(plans), body());
    return sum ? sum.total : whole(0);
  };
  const near = (value, step) => times(step, whole(floor(add(over(value, step), ratio(1n, 2n)))));
  const keep = (plans, moved) => {
    const { course } = found(plans), unit = course.amount.unit, wanted = state.total;
    let said = "";
    if (compare(sumOf(plans), wanted) === 0) return `Same total: ${amountText(wanted, unit)}.`;
    if (moved === "amount" && course.kind === "course") {
      // total = others + each x doses
      const few = sumOf(withValue(plans, { doses: 1 })), more = sumOf(withValue(plans, { doses: 2 })), each = minus(more, few);
      const doses = each[0] > 0n ? floor(add(over(minus(wanted, few), each), ratio(3n, 2n))) : 1n;
      course.doses = Number(doses < 1n ? 1n : doses > 2000n ? 2000n : doses);
      said = `the doses moved to ${course.doses}`;
    } else {
      // total = others + amount x scale
      const first = sumOf(withValue(plans, { amount: whole(1) })), scale = minus(sumOf(withValue(plans, { amount: whole(2) })), first);
      const others = minus(first, scale);
      let amount = scale[0] > 0n ? over(minus(wanted, others), scale) : course.amount.value;
      const { size, name } = unitOf(course.amount), step = stepOf(course.amount);
      const shown = over(amount, size), text = decimal(shown);
      if (text.includes("/") || text.length > 6) amount = times(near(shown, step), size);
      if (amount[0] <= 0n) amount = times(step, size);
      course.amount.value = amount;
      said = `the amount moved to ${decimal(over(amount, size))} ${name}`;
    }
    const total = sumOf(plans);
    return `Same total: ${said}.${compare(total, wanted) ? ` The total is ${amountText(total, unit)}, as near to ${amountText(wanted, unit)} as ${moved === "amount" ? "whole doses allow" : "this amount allows"}.` : ""}`;
  };
  const withValue = (plans, { doses, amount }) => {
    const copy = clone(plans), { course } = found(copy);
    if (doses !== undefined && course.kind === "course") course.doses = doses;
    if (amount !== undefined) course.amount.value = amount;
    return copy;
  };

  // ---- curves: doses as the stepper takes them, a grid that is finer after doses, and what was simulated already
  const gridOf = (doses, end) => {
    const points = new Set();
    const even = doses.length > 300 ? 1500 : 360;
    for (let k = 0; k <= even; k++) points.add((end * k) / even);
    if (doses.length <= 300) for (const { h, over: length } of doses) for (const shift of [0, 0.5, 1.5, 3, 5, 8, 12, 18]) points.add(h + shift + (shift ? length : 0));
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
  const remember = (map, key, value, most) => {
    if (map.size >= most) map.delete(map.keys().next().value);
    map.set(key, value);
    return value;
  };
  const curveOf = (plans, k) => {
    const key = keyOf(plans, k);
    if (kept.has(key)) return kept.get(key);
    const model = known.models[k], { doses, missing } = dosesFor(plans, model), grid = gridOf(doses, state.weeks * WEEK_H);
    if (missing.length) return remember(kept, key, { missing, doses, grid }, 200);
    const { out, status, stopped } = stepper.integrate(stepper.models[k], Float64Array.from(model.values), doses, grid);
    return remember(kept, key, { doses, grid, out, status, stopped, width: stepper.models[k].readouts, missing }, 200);
  };
  const valuesOf = (curve, model) => {
    const place = model.readouts[state.show];
    return curve.out && place !== undefined ? Float64Array.from(curve.grid, (_, k) => curve.out[k * curve.width + place]) : null;
  };

  // ---- ribbons: in a Web Worker for each model, made of the page's own text; in slices where none can be made
  const workers = [];
  let asked = 0, outstanding = 0;
  const makeWorker = () => {
    const address = URL.createObjectURL(new Blob([document.getElementById("wi-stepper").textContent], { type: "text/javascript" }));
    const worker = new Worker(address);
    worker.addEventListener("message", ({ data }) => arrived(data));
    URL.revokeObjectURL(address);
    return worker;
  };
  const arrived = ({ id, key, low, high }) => {
    if (id !== asked) return;
    outstanding--;
    remember(ribbons, key, { low, high }, 100);
    redraw();
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
      const until = performance.now() + PAUSE_MS;
      while (rows.length && performance.now() < until) curves.push(stepper.drawn(task, rows.pop()));
      if (rows.length) setTimeout(slice, 0);
      else arrived({ ...task, ...stepper.band(curves, task.times.length) });
    };
    slice();
  };
  const askRibbons = () => {
    asked++;
    if (outstanding) workers.splice(0).forEach((worker) => worker && worker.terminate());
    outstanding = 0;
    for (const [, plans] of shownSchedules()) known.models.forEach((model, k) => {
      const key = keyOf(plans, k) + state.show, readout = model.readouts[state.show], curve = curveOf(plans, k);
      if (!state.models[k] || !model.draws.length || readout === undefined || ribbons.has(key) || !curve.out || curve.status) return;
      const task = { id: asked, key, model: k, rows: fullRows(model), doses: curve.doses, times: curve.grid, readout };
      outstanding++;
      try {
        workers[k] ||= makeWorker();
        workers[k].postMessage(task);
      } catch {
        inSlices(task);
      }
    });
  };

  // ---- drawing: a panel a model, all with one scale
  const SVG = "http://www.w3.org/2000/svg";
  const element = (name, given = {}, text = "") => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
    if (text) made.textContent = text;
    return made;
  };
  const node = (name, given = {}, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };
  const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))).replace("-", "−");
  const nice = (step) => { const power = 10 ** Math.floor(Math.log10(step)), lead = step / power; return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 2.5 ? 2.5 : lead <= 5 ? 5 : 10); };
  // as figures/axes.py: doublings where the range passes 4, else linear, from zero where the lowest value is near it
  const scaleOf = (low, high) => {
    if (low > high) [low, high] = [0, 1];
    if (low < 0 && low > -1e-6 * high) low = 0;
    if (low > 0 && high / low > 4 && high / low <= 512) {
      const room = 0.05 * Math.log2(high / low), from = Math.log2(low) - room, to = Math.log2(high) + room, ticks = [];
      for (let k = Math.ceil(from); k <= to; k++) ticks.push(2 ** k);
      return { ticks, share: (value) => (Math.max(Math.log2(value), from) - from) / (to - from) };
    }
    if (low > 0 && low < 0.4 * high) low = 0;
    if (high - low < 1e-9 * Math.max(Math.abs(high), 1e-9)) [low, high] = [low - 0.5 * Math.max(1, Math.abs(low)), high + 0.5 * Math.max(1, Math.abs(high))];
    const step = nice((high - low) / 4), bottom = Math.floor(low / step + 1e-9) * step, top = high + 0.04 * (high - low), ticks = [];
    for (let value = bottom; value <= top + 1e-9 * step; value += step) ticks.push(Number(value.toPrecision(12)));
    return { ticks, share: (value) => (value - bottom) / (top - bottom) };
  };
  // an axis does not shrink while ribbons are on their way
  let axis = { show: "", low: Infinity, high: -Infinity };
  const endsOf = (all, waiting) => {
    let { low, high } = waiting && axis.show === state.show ? axis : { low: Infinity, high: -Infinity };
    for (const values of all) for (const value of values) if (Number.isFinite(value)) { if (value < low) low = value; if (value > high) high = value; }
    axis = { show: state.show, low, high };
    return [low, high];
  };
  const HEIGHT = 232, LEFT = 38, RIGHT = 20, TOP = 8, RUG = 11;
  let drawn = [];
  const runBand = (k) => {
    const start = known.starts[state.from[0]], data = document.getElementById("data");
    if (known.hours === null || start === undefined || start.arm === undefined || start.arm === null || !data) return null;
    runBand.figures ||= JSON.parse(data.textContent).figures;
    const figure = runBand.figures[`curves-${state.show}`], called = known.models[k].name;
    if (!figure) return null;
    const mine = figure.data.filter(({ meta }) => meta && meta.upper && meta.arm === start.arm);
    const axes = [...new Set(figure.data.filter(({ meta }) => meta && meta.role === "line").map(({ xaxis }) => xaxis))];
    const byModel = mine.filter((each) => (typeof each.meta.key === "string" ? called.startsWith(each.meta.key) : each.xaxis === axes[k]));
    const band = byModel.find(({ meta }) => meta.role === "spread") || byModel[0];
    return band ? { x: band.x.map((x) => x * known.hours), y: band.y } : null;
  };
  const labelOf = () => known.models.map((model) => model.labels[state.show]).find(Boolean);
  const peakOf = (values, grid) => {
    let best = 0;
    for (let k = 1; k < values.length; k++) if (values[k] > values[best]) best = k;
    return { value: values[best], day: Math.round(grid[best] / 24) };
  };
  const redraw = () => {
    const end = state.weeks * WEEK_H, [label, unit] = labelOf(), on = known.models.map((_, k) => k).filter((k) => state.models[k]);
    const start = known.starts[state.from[0]], points = start ? start.points.filter(({ of, h }) => of === state.show && h !== null && h <= end) : [];
    const lines = on.map((k) => shownSchedules().map(([letter, plans]) => {
      const curve = curveOf(plans, k);
      return { letter, plans, curve, values: valuesOf(curve, known.models[k]), band: ribbons.get(keyOf(plans, k) + state.show) };
    }));
    const bands = on.map(runBand);
    const waiting = lines.flat().some(({ curve, values, band }, k) => values && !curve.status && !band && known.models[on[Math.floor(k / shownSchedules().length)]].draws.length);
    const scale = scaleOf(...endsOf([
      ...lines.flat().flatMap(({ values, band }) => [...(values ? [values] : []), ...(band ? [band.low, band.high] : [])]),
      ...bands.flatMap((band) => (band ? [band.y] : [])), ...points.map(({ value, low, high }) => [value, low ?? value, high ?? value]),
    ], waiting));
    $("shown").textContent = unit ? `${label}, ${unit}` : label;
    const place = $("panels"), room = place.clientWidth || 600, narrow = window.matchMedia("screen and (max-width: 860px)").matches;
    const width = Math.max(240, Math.floor(on.length < 2 ? room : narrow ? Math.min(0.86 * room, 420) : room > 640 ? (room - 22) / 2 : room));
    drawn = [];
    place.replaceChildren(...on.map((k, panel) => panelOf({ k, width, end, scale, lines: lines[panel], band: bands[panel], points, label })));
    if (!on.length) place.append(node("p", { class: "how" }, "No model is switched on."));
    const said = ["Lines: the typical subject; bands: the middle 90 % of 50 parameter draws; strokes at the foot: doses."];
    if (bands.some(Boolean)) said.push("Grey: the 90 % band of the run of this page for the arm that A starts from.");
    if (points.length) said.push(`Circles: seen in groups given ${start.text} (${[...new Set(points.map(({ study }) => study))].join("; ")}), with the interval where one is printed; they stay as the controls move.`);
    $("how").textContent = said.join(" ");
  };
  const panelOf = ({ k, width, end, scale, lines, band, points, label }) => {
    const doses = lines.length * RUG, foot = HEIGHT - 34 - doses, inDaysUnit = end < 3 * WEEK_H, hours = inDaysUnit ? 24 : WEEK_H;
    const x = (h) => LEFT + ((width - LEFT - RIGHT) * h) / end, y = (value) => foot - (foot - TOP) * scale.share(value);
    const path = (grid, values) => { let text = "", pen = "M"; for (let i = 0; i < grid.length; i++) { if (!Number.isFinite(values[i])) { pen = "M"; continue; } text += `${pen}${x(grid[i]).toFixed(1)},${y(values[i]).toFixed(1)}`; pen = "L"; } return text; };
    const svg = element("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" });
    for (const tick of scale.ticks) {
      if (y(tick) < TOP - 1) continue;
      svg.append(element("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick) }), element("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, short(tick)));
    }
    if (/fold of baseline/.test(label)) svg.append(element("line", { class: "base", x1: LEFT, x2: width - RIGHT, y1: y(1), y2: y(1) }));
    const every = [1, 2, 4, 6, 8, 12, 13, 26, 52].find((step) => end / hours / step <= 8.5) || 104;
    for (let tick = 0; tick * hours <= end + 1e-9; tick += every) svg.append(element("line", { class: "axis", x1: x(tick * hours), x2: x(tick * hours), y1: HEIGHT - 34, y2: HEIGHT - 30 }), element("text", { x: x(tick * hours), y: HEIGHT - 18, "text-anchor": "middle" }, String(tick)));
    svg.append(element("line", { class: "axis", x1: LEFT, x2: width - RIGHT, y1: HEIGHT - 34, y2: HEIGHT - 34 }), element("text", { x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, inDaysUnit ? "days" : "weeks"));
    if (band) svg.append(element("path", { class: "run", d: `${band.x.map((h, i) => (h <= end ? `${i ? "L" : "M"}${x(h).toFixed(1)},${y(band.y[i]).toFixed(1)}` : "")).join("").replace(/^L/, "M")}Z` }));
    const peaks = [], said = [], readable = [];
    lines.forEach(({ letter, curve, values, band: ribbon }, row) => {
      const letterText = LETTERS[letter], level = HEIGHT - 34 - doses + row * RUG + 2;
      for (const { h } of curve.doses) svg.append(element("line", { class: `dose s${letter}`, x1: x(h), x2: x(h), y1: level + 1, y2: level + RUG - 2 }));
      if (!values) {
        const why = curve.missing.length ? `no input for ${curve.missing.join(", ")}` : "no such readout";
        peaks.push(`${letterText}: not modelled, ${why}.`);
        if (!row) svg.append(element("text", { class: "none", x: (LEFT + width) / 2, y: foot / 2, "text-anchor": "middle" }, "not modelled"));
        return;
      }
      if (ribbon) svg.append(element("path", { class: `ribbon s${letter}`, d: `${path(curve.grid, ribbon.high)}${path([...curve.grid].reverse(), [...ribbon.low].reverse()).replace("M", "L")}Z` }));
      const peak = peakOf(values.filter(Number.isFinite), curve.grid);
      peaks.push(curve.status ? `${letterText}: stopped on day ${short(curve.stopped / 24)}: ${STATUS[curve.status]}.` : `${letterText}: highest ${short(peak.value)} on day ${peak.day}, ${short(values.at(-1))} at the end.`);
      said.push({ letter: letterText, peak: peak.value });
      readable.push({ letter: letterText, curve, values, ribbon });
    });
    lines.forEach(({ letter, curve, values }) => {
      if (!values) return;
      svg.append(element("path", { class: `line s${letter}`, d: path(curve.grid, values) }));
      if (!curve.status && lines.length > 1) svg.append(element("text", { class: `end s${letter}`, x: width - RIGHT + 5, y: y(values.at(-1)) + (letter ? 9 : 0) }, LETTERS[letter]));
    });
    for (const { h, value, low, high } of points) {
      if (low !== null && high !== null) svg.append(element("line", { class: "seen-to", x1: x(h), x2: x(h), y1: y(low), y2: y(high) }));
      svg.append(element("circle", { class: "seen", cx: x(h), cy: y(value), r: 4 }));
    }
    const cross = element("line", { class: "at", y1: TOP, y2: HEIGHT - 34, x1: LEFT, x2: LEFT, visibility: "hidden" });
    svg.append(cross);
    drawn.push({ k, said, cross, x, readable });
    const point = (event) => {
      const box = svg.getBoundingClientRect(), h = ((event.clientX - box.left) * (width / box.width) - LEFT) / (width - LEFT - RIGHT) * end;
      if (h >= 0 && h <= end) readOut(h, hours, inDaysUnit);
    };
    svg.addEventListener("pointermove", point);
    svg.addEventListener("pointerdown", point);
    svg.addEventListener("pointerleave", () => readOut(null));
    const words = `${known.models[k].name}: ${label}. ${peaks.join(" ")}`;
    const picture = node("div", { role: "img", "aria-label": words });
    picture.append(svg);
    return node("figure", {}, node("h4", {}, known.models[k].name), node("p", { class: "peaks" }, ...peaks.map((each) => node("span", {}, each))), picture);
  };
  const readOut = (h, hours, inDaysUnit) => {
    for (const { cross, x } of drawn) {
      cross.setAttribute("visibility", h === null ? "hidden" : "visible");
      if (h !== null) for (const end of ["x1", "x2"]) cross.setAttribute(end, x(h));
    }
    if (h === null) { $("readout").textContent = "\u00a0"; return; }
    const at = (grid, values) => { const k = grid.findIndex((each) => each >= h), from = Math.max(k - 1, 0), share = k > 0 ? (h - grid[from]) / (grid[k] - grid[from]) : 0; return values[from] + share * (values[Math.max(k, 0)] - values[from]); };
    const parts = drawn.map(({ k, readable }) => `${known.models[k].name} ${readable.map(({ letter, curve, values, ribbon }) => `${letter} ${short(at(curve.grid, values))}${ribbon ? ` (${short(at(curve.grid, ribbon.low))}–${short(at(curve.grid, ribbon.high))})` : ""}`).join(", ")}`);
    $("readout").textContent = `${inDaysUnit ? "Day" : "Week"} ${(h / hours).toFixed(1)}: ${parts.join("; ")}`;
  };

  // ---- exact totals, and what is broken
  const dayText = (hours) => { const days = over(hours, HOUR_DAY); return days[1] === 1n ? decimal(days) : String(Number(float(days).toPrecision(4))); };
  const swatch = (letter) => { const made = element("svg", { class: "swatch", viewBox: "0 0 26 8", "aria-hidden": "true", style: `--c:var(--${letter ? "second" : "first"})` }); made.append(element("path", { d: "M1,4H25", ...(letter ? { "stroke-dasharray": "7 3" } : {}) })); return made; };
  const sums = () => {
    const size = body(), limits = [], rows = [];
    for (const [letter, plans] of shownSchedules()) {
      const doses = protocol.planned(plans), end = state.weeks * WEEK_H;
      const head = node("th", { scope: "row" }, node("b", {}, swatch(letter), `\u00a0Schedule ${LETTERS[letter]}`), node("span", {}, protocol.write(plans)));
      const each = Object.keys(plans).sort((a, b) => (b === "il2") - (a === "il2") || (a < b ? -1 : 1)).map((drug) => protocol.exposure(doses, drug, size));
      const cell = (label, text, kind = "n") => node("td", { class: kind, "data-label": label }, text);
      const joined = (of) => each.map(of).join(", ");
      rows.push(node("tr", {}, head,
        cell("Total", each.length ? joined(({ total, unit, drug }) => amountText(total, unit) + (each.length > 1 ? ` ${drug}` : "")) : "0 MIU", "n total"),
        cell("Doses", joined(({ doses: count }) => count) || "0"), cell("First day", joined(({ first }) => dayText(first)) || "–"),
        cell("Last day", joined(({ last }) => dayText(last)) || "–"), cell("Most in 7 days", joined(({ peak, unit }) => amountText(peak, unit)) || "–")));
      const late = doses.filter(({ start }) => float(start) >= end).length, start = known.starts[state.from[letter]];
      if (late) limits.push([`Schedule ${LETTERS[letter]}: ${late} of ${doses.length} doses lie at or after the horizon of ${weeksText()} weeks and are not drawn; the total counts them.`, ""]);
      const il2 = each.find(({ drug }) => drug === "il2");
      if (start && start.expected && il2 && amountText(il2.total, "IU") !== start.expected) limits.push([`Schedule ${LETTERS[letter]}: the scenario expects ${start.expected} in '${start.name}'; this is ${amountText(il2.total, "IU")}.`, ""]);
      if (start && start.note && start.text === protocol.write(plans)) limits.push([`${start.name}: ${start.note}`, "note"]);
    }
    $("sums").replaceChildren(...rows);
    $("limits").replaceChildren(...limits.map(([text, kind]) => node("li", kind ? { class: kind } : {}, text)));
  };

  // ---- what would give a verdict
  const quoted = (text) => JSON.stringify(text);
  const yaml = () => {
    const start = known.starts[state.from[0]], arms = shownSchedules().map(([letter, plans]) => [`Schedule ${LETTERS[letter]}`, plans]);
    if (arms.length === 1 && start && start.text !== protocol.write(arms[0][1])) arms.push([start.name, protocol.parse(start.text)]);
    const size = body(), changed = compare(state.kg, original.kg) !== 0 || known.m2 !== "1.8" || known.kg !== "70" || known.cm !== "167";
    const lines = ["title: What if?", `models: [${known.names.filter((_, k) => state.models[k]).map(quoted).join(", ")}]`, `horizon: ${Number.isInteger(state.weeks) ? `${state.weeks} weeks` : `${Number((7 * state.weeks).toPrecision(9))} days`}`];
    if (known.names.some((name) => /\.ya?ml$/.test(name))) lines.unshift("# A model is named by its path: save this file in the folder of the scenario that the page was made of.");
    if (changed) lines.push(`subject: {weight: ${decimal(state.kg)} kg, height: ${known.cm} cm, bsa: ${decimal(size.m2)} m2}`);
    lines.push("population: {subjects: 50, seed: 1, draws: 100}", "arms:");
    for (const [name, plans] of arms) {
      const drugs = Object.keys(plans).sort(), exact = drugs.map((drug) => [drug, protocol.exposure(protocol.planned(plans), drug, size)]);
      const single = drugs.length === 1 && drugs[0] === "il2";
      const text = (drug) => quoted(protocol.write({ [drug]: plans[drug] }).replace(new RegExp(`^${drug}: `), ""));
      lines.push(`  ${quoted(name)}:`, `    regimen: ${single ? text("il2") : drugs.length ? `{${drugs.map((drug) => `${drug}: ${text(drug)}`).join(", ")}}` : quoted("no dose")}`);
      if (drugs.length) lines.push(`    expect: {total: ${single ? amountText(exact[0][1].total, "IU") : `{${exact.map(([drug, { total, unit }]) => `${drug}: ${amountText(total, unit)}`).join(", ")}}`}}`);
    }
    return `${[...lines, "endpoints:", ...known.endpoints.map((words) => `  - ${words}`)].join("\n")}\n`;
  };

  // ---- the link to a view
  const MARK = "#what-if&";
  const link = () => {
    const parts = new URLSearchParams();
    shownSchedules().forEach(([letter, plans]) => { parts.set(letter ? "b" : "a", protocol.write(plans)); parts.set(letter ? "from_b" : "from", String(state.from[letter])); });
    parts.set("kg", decimal(state.kg));
    parts.set("weeks", String(state.weeks));
    parts.set("models", state.models.flatMap((shown, k) => (shown ? [k] : [])).join("."));
    parts.set("show", state.show);
    if (state.total) parts.set("total", decimal(state.total));
    return MARK + parts;
  };
  const follow = () => {
    if (!location.hash.startsWith(MARK)) return;
    const parts = new URLSearchParams(location.hash.slice(MARK.length));
    ["a", "b"].forEach((name, letter) => {
      if (!parts.has(name)) return;
      trying("text", () => { state.schedules[letter] = protocol.parse(parts.get(name)); });
      const from = parts.get(letter ? "from_b" : "from");
      if (/^\d+$/.test(from ?? "") && known.starts[from]) state.from[letter] = Number(from);
    });
    if (parts.has("kg")) trying("weight", () => levers.weight.set(null, read(parts.get("kg"))));
    if (parts.has("weeks")) trying("horizon", () => levers.horizon.set(null, read(parts.get("weeks"))));
    const on = (parts.get("models") ?? "").split(".").filter(Boolean).map(Number).filter((k) => known.models[k]);
    if (on.length) state.models = state.models.map((_, k) => on.includes(k));
    if (known.models.some(({ readouts }) => Object.hasOwn(readouts, parts.get("show")))) state.show = parts.get("show");
    const total = parts.has("total") ? read(parts.get("total")) : null;
    if (total && state.schedules[0]) state.total = total;
  };

  // ---- one way from a change to the page: controls and totals at once, curves at the next frame, ribbons and the link after a pause
  let frame = 0, idle = 0, speaking = 0;
  const speak = () => {
    const parts = shownSchedules().map(([letter, plans]) => {
      const sum = protocol.exposure(protocol.planned(plans), drugOf(plans), body());
      const peaks = drawn.flatMap(({ said }) => said.filter((each) => each.letter === LETTERS[letter]).map(({ peak }) => peak));
      const range = peaks.length ? `; highest ${labelOf()[0]} ${short(Math.min(...peaks))}${peaks.length > 1 ? ` to ${short(Math.max(...peaks))} over ${peaks.length} models` : ""}` : "";
      return `Schedule ${LETTERS[letter]}: ${sum ? `${amountText(sum.total, sum.unit)} in ${sum.doses} doses` : "no dose"}${range}.`;
    });
    $("spoken").textContent = parts.join(" ");
  };
  const refresh = (typing = "") => {
    const where = found(chosen());
    bench.style.setProperty("--turn", `var(--${state.turn ? "second" : "first"})`);
    for (const [name, lever] of Object.entries(levers)) {
      const number = $(name), slider = $(`${name}-slider`), row = number.closest(".lever"), value = lever.of(where);
      row.classList.toggle("still", value === null);
      row.title = value === null ? lever.why(where) : "";
      number.disabled = slider.disabled = value === null;
      if (value === null) { if (name !== typing) number.value = ""; slider.value = slider.min; complain(name, ""); continue; }
      if (lever.unit) $(`${name}-unit`).textContent = lever.unit(where);
      if (name === "amount") { slider.step = slider.min = decimal(stepOf(where.course.amount)); }
      const size = Number(value);
      if (size > Number(slider.max) || size * 40 < Number(slider.max)) slider.max = String(name === "amount" ? nice(Math.max(size * 2, 40 * Number(slider.step))) : Math.max(size, Number(slider.dataset.most)));
      slider.value = value;
      slider.setAttribute("aria-valuetext", `${value} ${$(`${name}-unit`).textContent}`);
      if (name !== typing) number.value = value;
      if (name !== typing) complain(name, "");
    }
    if (typing !== "text") { $("text").value = protocol.write(chosen()); complain("text", ""); }
    $("route").value = where.course ? where.course.route : "SC";
    $("route").disabled = !where.course;
    $("start").value = String(state.from[state.turn]);
    $("lock").checked = Boolean(state.total);
    $("second").textContent = state.schedules[1] ? "Schedule B" : "Add schedule B";
    $("drop").hidden = !state.schedules[1];
    document.querySelector(`input[name=wi-turn][value="${state.turn}"]`).checked = true;
    $("show").value = state.show;
    [...$("models").querySelectorAll("input")].forEach((box, k) => { box.checked = state.models[k]; });
    sums();
    $("yaml").textContent = yaml();
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(redraw);
    clearTimeout(idle);
    idle = setTimeout(settled, IDLE_MS);
    clearTimeout(speaking);
    speaking = setTimeout(speak, SPEAK_MS);
  };
  const settled = () => {
    askRibbons();
    if (settled.once) history.replaceState(null, "", link());
    settled.once = true;
  };

  // a change of the chosen schedule: made on a copy, which takes its place only if it can be given
  const change = (name, alter, typing = "") => {
    const plans = clone(chosen());
    const good = trying(name, () => {
      alter(plans);
      if (Object.keys(plans).length) protocol.planned(plans);
      $("moved").textContent = state.total && ["amount", "doses", "cycles", "weight"].includes(name) && found(plans).course ? keep(plans, name) : $("moved").textContent;
      protocol.planned(plans);
    });
    if (!good) return;
    state.schedules[state.turn] = plans;
    refresh(typing);
  };
  const common = ["weight", "horizon"];
  for (const [name, lever] of Object.entries(levers)) {
    const number = $(name), slider = $(`${name}-slider`);
    slider.dataset.most = slider.max;
    const moved = (text, typing) => {
      if (!common.includes(name)) change(name, (plans) => lever.set(found(plans), read(text)), typing);
      else if (trying(name, () => lever.set(null, read(text)))) {
        if (name === "weight" && state.total) change(name, () => {}, typing);
        else refresh(typing);
      }
    };
    slider.addEventListener("input", () => moved(slider.value, ""));
    number.addEventListener("input", () => moved(number.value, name));
    number.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      const now = read(number.value), step = read(slider.step), floorOf = read(slider.min);
      event.preventDefault();
      if (!now) return;
      const next = event.key === "ArrowUp" ? add(now, step) : minus(now, step);
      number.value = decimal(compare(next, floorOf) < 0 ? floorOf : next);
      moved(number.value, name);
    });
  }
  $("text").addEventListener("input", () => {
    let plans = null;
    if (!trying("text", () => { plans = protocol.parse($("text").value); })) return;
    state.schedules[state.turn] = plans;
    if (state.total) { state.total = found(plans).course ? sumOf(plans) : null; $("moved").textContent = state.total ? "The total that is kept is now that of the text." : ""; }
    refresh("text");
  });
  $("text").addEventListener("change", () => refresh($("text").getAttribute("aria-invalid") === "true" ? "text" : ""));
  $("route").addEventListener("change", () => change("route", (plans) => {
    const { course } = found(plans);
    course.route = $("route").value;
    if (course.route !== "IV") course.over = null;
  }));
  $("start").addEventListener("change", () => {
    state.from[state.turn] = Number($("start").value);
    state.schedules[state.turn] = protocol.parse(known.starts[state.from[state.turn]].text);
    if (state.total) state.total = sumOf(chosen());
    refresh();
  });
  document.querySelectorAll("input[name=wi-turn]").forEach((input) => input.addEventListener("change", () => {
    state.turn = Number(input.value);
    if (!chosen()) { state.schedules[1] = clone(state.schedules[0]); state.from[1] = state.from[0]; }
    if (state.total) state.total = found(chosen()).course ? sumOf(chosen()) : null;
    $("moved").textContent = "";
    refresh();
  }));
  $("drop").addEventListener("click", () => {
    state.schedules[1] = null;
    state.turn = 0;
    document.querySelector("input[name=wi-turn]").focus();
    refresh();
  });
  $("lock").addEventListener("change", () => {
    state.total = $("lock").checked && found(chosen()).course ? sumOf(chosen()) : null;
    $("moved").textContent = state.total ? `Kept: ${amountText(state.total, found(chosen()).course.amount.unit)}. Amount and doses move each other; cycles move the amount.` : "";
    refresh();
  });
  $("show").addEventListener("change", () => { state.show = $("show").value; refresh(); });
  const say = (text) => { $("copied").textContent = text; };
  const copy = (text, what) => {
    const area = node("textarea", { "aria-hidden": "true", class: "hidden" });
    area.value = text;
    bench.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    say(done ? `${what} copied.` : `${what} could not be copied; it stands on this page.`);
  };
  const buttons = {
    "copy-text": () => copy(protocol.write(chosen()), "Protocol text"),
    "copy-yaml": () => copy(yaml(), "Scenario"),
    "copy-link": () => copy(location.href.split("#")[0] + link(), "Link"),
    "save-yaml": () => {
      const address = URL.createObjectURL(new Blob([yaml()], { type: "text/yaml" }));
      node("a", { href: address, download: "what-if.yaml" }).click();
      setTimeout(() => URL.revokeObjectURL(address), 1000);
      say("what-if.yaml saved.");
    },
  };
  for (const [name, act] of Object.entries(buttons)) $(name).addEventListener("click", act);

  // ---- the controls that depend on what the page knows
  const groups = new Map();
  known.starts.forEach((start, k) => {
    if (!groups.has(start.group)) groups.set(start.group, node("optgroup", { label: start.group }));
    groups.get(start.group).append(node("option", { value: k }, `${start.name}: ${start.text}`));
  });
  $("start").append(...groups.values());
  const labels = new Map(known.models.flatMap(({ labels: own }) => Object.entries(own).map(([name, [label, unit]]) => [name, unit ? `${label}, ${unit}` : label])));
  $("show").append(...[...labels].map(([name, label]) => node("option", { value: name }, label)));
  $("models").append(...known.models.map(({ name }, k) => {
    const box = node("input", { type: "checkbox" });
    box.checked = true;
    box.addEventListener("change", () => { state.models[k] = box.checked; refresh(); });
    return node("label", {}, box, name);
  }));

  state.schedules[0] = protocol.parse(known.starts[first].text);
  state.from[0] = first;
  follow();
  refresh();
  new ResizeObserver(() => { cancelAnimationFrame(frame); frame = requestAnimationFrame(redraw); }).observe($("panels"));
  window.addEventListener("hashchange", () => { if (location.hash.startsWith(MARK)) { follow(); refresh(); } });
  if (location.hash.startsWith(MARK) && bench.closest("details")) document.getElementById("what-if").scrollIntoView();
  bench.dataset.ready = "yes";
  document.documentElement.dataset.ready = "yes";
})();
