// Curves as SVG, a panel a model, all with one scale, in the colours of the page's style.
const panels = (() => {
  const HEIGHT = 232, FOOT = 34, LEFT = 38, RIGHT = 20, TOP = 8, RUG = 11, DAY = 24, WEEK = 168;
  const STATUS = ["", "step limit", "a state is no finite number", "the step became too small", "a state fell below zero"];
  const filled = (made, given, inside) => {
    for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };
  const element = (name, given = {}, ...inside) => filled(document.createElementNS("http://www.w3.org/2000/svg", name), given, inside);
  const node = (name, given = {}, ...inside) => filled(document.createElement(name), given, inside);
  const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))).replace("-", "−");
  const nice = (step) => {
    const power = 10 ** Math.floor(Math.log10(step));
    return power * [1, 2, 2.5, 5, 10].find((lead) => step / power <= lead * (1 + 1e-12));
  };

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
    if (high - low < 1e-9 * Math.max(Math.abs(high), 1e-9)) {
      const half = 0.5 * Math.max(1, Math.abs(high));
      [low, high] = [low - half, high + half];
    }
    const step = nice((high - low) / 4), bottom = Math.floor(low / step + 1e-9) * step, top = high + 0.04 * (high - low), ticks = [];
    for (let value = bottom; value <= top + 1e-9 * step; value += step) ticks.push(Number(value.toPrecision(12)));
    return { ticks, share: (value) => (value - bottom) / (top - bottom) };
  };
  // the ends of all values; an axis does not shrink while bands are on their way
  let axis = { title: "", low: Infinity, high: -Infinity };
  const endsOf = ({ shown, points, title }) => {
    const lines = shown.flatMap(({ lines: some }) => some), waiting = lines.some((line) => line.waiting);
    const values = [
      ...lines.flatMap((line) => (line.values ? [line.values] : [])), ...lines.flatMap(({ band }) => (band ? [band.low, band.high] : [])),
      ...shown.flatMap(({ run }) => (run ? [run.y] : [])), ...points.map(({ value, low, high }) => [value, low ?? value, high ?? value]),
    ];
    let { low, high } = waiting && axis.title === title ? axis : { low: Infinity, high: -Infinity };
    for (const some of values) {
      for (const value of some) {
        if (value < low) low = value;
        if (value > high && value < Infinity) high = value;
      }
    }
    axis = { title, low, high };
    return [low, high];
  };

  // where times (h) and values stand in a panel
  const frameOf = (width, end, scale, rows) => {
    const foot = HEIGHT - FOOT - rows * RUG, unit = end < 3 * WEEK ? DAY : WEEK;
    const x = (h) => LEFT + ((width - LEFT - RIGHT) * h) / end, y = (value) => foot - (foot - TOP) * scale.share(value);
    const path = (grid, values) => {
      let text = "", pen = "M";
      grid.forEach((h, k) => {
        if (Number.isFinite(values[k])) text += `${pen}${x(h).toFixed(1)},${y(values[k]).toFixed(1)}`;
        pen = Number.isFinite(values[k]) ? "L" : "M";
      });
      return text;
    };
    const around = (grid, low, high) => `${path(grid, high)}${path([...grid].reverse(), [...low].reverse()).replace("M", "L")}Z`;
    return { width, end, scale, rows, foot, unit, name: unit === DAY ? "day" : "week", x, y, path, around };
  };
  const axes = ({ width, end, scale, unit, name, x, y }, fold) => {
    const right = width - RIGHT, line = HEIGHT - FOOT, made = [];
    for (const tick of scale.ticks.filter((each) => y(each) >= TOP - 1)) {
      made.push(element("line", { class: "grid", x1: LEFT, x2: right, y1: y(tick), y2: y(tick) }));
      made.push(element("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, short(tick)));
    }
    if (fold) made.push(element("line", { class: "base", x1: LEFT, x2: right, y1: y(1), y2: y(1) }));
    const every = [1, 2, 4, 6, 8, 12, 13, 26, 52].find((step) => end / unit / step <= 8.5) || 104;
    for (let tick = 0; tick * unit <= end + 1e-9; tick += every) {
      made.push(element("line", { class: "axis", x1: x(tick * unit), x2: x(tick * unit), y1: line, y2: line + 4 }));
      made.push(element("text", { x: x(tick * unit), y: line + 16, "text-anchor": "middle" }, String(tick)));
    }
    made.push(element("line", { class: "axis", x1: LEFT, x2: right, y1: line, y2: line }));
    made.push(element("text", { x: (LEFT + right) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, `${name}s`));
    return made;
  };
  const rug = ({ x, rows }, { doses, place }, row) => {
    const top = HEIGHT - FOOT - (rows - row) * RUG + 3;
    return doses.map(({ h }) => element("line", { class: `dose s${place}`, x1: x(h), x2: x(h), y1: top, y2: top + RUG - 3 }));
  };
  const published = ({ x, y }, points) => points.flatMap(({ h, value, low, high }) => [
    ...(low === null || high === null ? [] : [element("line", { class: "seen-to", x1: x(h), x2: x(h), y1: y(low), y2: y(high) })]),
    element("circle", { class: "seen", cx: x(h), cy: y(value), r: 4 }),
  ]);
  const runOf = ({ x, y, end }, { x: times, y: values }) => {
    const corners = times.flatMap((h, k) => (h <= end ? [`${x(h).toFixed(1)},${y(values[k]).toFixed(1)}`] : []));
    return element("path", { class: "run", d: `M${corners.join("L")}Z` });
  };
  // the highest value of a line and its day, in a sentence too
  const highest = ({ letter, values, grid, status, stopped, missing }) => {
    if (!values) return { sentence: `${letter}: not modelled, ${missing.length ? `no input for ${missing.join(", ")}` : "it has no such readout"}.` };
    let best = 0;
    values.forEach((value, k) => { if (value > values[best]) best = k; });
    const said = `highest ${short(values[best])} on day ${Math.round(grid[best] / DAY)}`;
    if (status) return { sentence: `${letter}: stopped on day ${short(stopped / DAY)}: ${STATUS[status]}.` };
    return { value: values[best], sentence: `${letter}: ${said}, ${short(values.at(-1))} at the end.` };
  };
  const panel = ({ name, lines, run }, frame, { title, fold, points }, point) => {
    const svg = element("svg", { viewBox: `0 0 ${frame.width} ${HEIGHT}`, "aria-hidden": "true" }, ...axes(frame, fold));
    const drawn = lines.filter(({ values }) => values);
    if (run) svg.append(runOf(frame, run));
    lines.forEach((line, row) => svg.append(...rug(frame, line, row)));
    for (const { place, grid, band } of drawn) if (band) svg.append(element("path", { class: `ribbon s${place}`, d: frame.around(grid, band.low, band.high) }));
    for (const { place, grid, values } of drawn) svg.append(element("path", { class: `line s${place}`, d: frame.path(grid, values) }));
    if (lines.length > 1) {
      for (const { place, letter, values, status } of drawn.filter((line) => !line.status)) {
        svg.append(element("text", { class: `end s${place}`, x: frame.width - RIGHT + 5, y: frame.y(values.at(-1)) + 9 * place }, letter));
      }
    }
    if (!drawn.length) svg.append(element("text", { class: "none", x: frame.width / 2, y: frame.foot / 2, "text-anchor": "middle" }, "not modelled"));
    svg.append(...published(frame, points));
    const cross = element("line", { class: "at", y1: TOP, y2: HEIGHT - FOOT, x1: LEFT, x2: LEFT, visibility: "hidden" });
    svg.append(cross);
    const at = (event) => {
      const box = svg.getBoundingClientRect(), share = ((event.clientX - box.left) * (frame.width / box.width) - LEFT) / (frame.width - LEFT - RIGHT);
      point(share >= 0 && share <= 1 ? share * frame.end : null);
    };
    for (const kind of ["pointermove", "pointerdown"]) svg.addEventListener(kind, at);
    svg.addEventListener("pointerleave", () => point(null));
    const peaks = lines.map(highest), said = peaks.map(({ sentence }) => sentence);
    const figure = node("figure", {}, node("h4", {}, name), node("p", { class: "peaks" }, ...said.map((each) => node("span", {}, each))),
      node("div", { role: "img", "aria-label": `${name}: ${title}. ${said.join(" ")}` }, svg));
    return { figure, cross, drawn, name, peaks: peaks.flatMap(({ value }, k) => (value === undefined ? [] : [{ letter: lines[k].letter, value }])) };
  };

  // values at the pointer, of every line in every panel
  const between = (grid, values, h) => {
    const k = Math.max(grid.findIndex((each) => each >= h), 0), from = Math.max(k - 1, 0), share = k ? (h - grid[from]) / (grid[k] - grid[from]) : 0;
    return values[from] + share * (values[k] - values[from]);
  };
  const readOut = (place, made, frame, h) => {
    for (const { cross } of made) {
      cross.setAttribute("visibility", h === null ? "hidden" : "visible");
      if (h !== null) for (const end of ["x1", "x2"]) cross.setAttribute(end, frame.x(h));
    }
    const line = ({ letter, grid, values, band }) => {
      const of = (some) => short(between(grid, some, h));
      return `${letter} ${of(values)}${band ? ` (${of(band.low)}–${of(band.high)})` : ""}`;
    };
    const parts = made.map(({ name, drawn }) => `${name} ${drawn.map(line).join(", ")}`);
    place.textContent = h === null ? "\u00a0" : `${frame.unit === DAY ? "Day" : "Week"} ${(h / frame.unit).toFixed(1)}: ${parts.join("; ")}`;
  };

  // Draw what is `shown` ([{ name, run, lines }]) in an element, with values at the pointer in another one; return the highest
  // values, as [{ letter, value }]. A line is { letter, place, doses, grid, values, band, status, stopped, missing, waiting }.
  const draw = (place, pointer, given) => {
    const { shown, end } = given, room = place.clientWidth || 600, narrow = window.matchMedia("screen and (max-width: 860px)").matches;
    const width = shown.length < 2 ? room : narrow ? Math.min(0.86 * room, 420) : room > 640 ? (room - 22) / 2 : room;
    const rows = shown.length ? shown[0].lines.length : 0, frame = frameOf(Math.max(240, Math.floor(width)), end, scaleOf(...endsOf(given)), rows);
    const made = shown.map((each) => panel(each, frame, given, (h) => readOut(pointer, made, frame, h)));
    place.replaceChildren(...made.map(({ figure }) => figure));
    if (!made.length) place.append(node("p", { class: "how" }, "No model is switched on."));
    return made.flatMap(({ peaks }) => peaks);
  };

  return { draw, element, node, short, nice };
})();
