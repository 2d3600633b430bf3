// The section "What if?": one state, steered by controls; totals are exact, curves are simulated as the state changes.
(() => {
  const known = JSON.parse(document.getElementById("wi-data").textContent);
  // a schedule that this page cannot read, such as one of very many doses, is left out
  known.starts = known.starts.filter(({ text }) => { try { return protocol.parse(text); } catch { return false; } });
  const first = Math.max(0, known.starts.findIndex(({ group, text }) => group === known.own || text.startsWith("(")));
  const $ = (id) => document.getElementById(`wi-${id}`);
  const bench = document.getElementById("wi");
  const { Refused, whole, over, add, minus, compare, float, read, decimal, amountText } = protocol;
  const { found, drugOf } = levers;
  const { element, node, short, nice } = panels;
  const HOUR_DAY = whole(24), LETTERS = ["A", "B"], WEEK_H = 168, IDLE_MS = 250, SPEAK_MS = 700, VIAL = read(known.step);

  // ---- state
  const original = { kg: read(known.kg), weeks: known.weeks };
  const state = {
    schedules: [null, null], from: [0, 0], turn: 0, // A and B; where each started; the one that the controls change
    ...original, models: known.models.map(() => true), show: known.show,
    total: null, // that is kept
  };
  const body = () => ({ kg: state.kg, m2: compare(state.kg, original.kg) === 0 ? read(known.m2) : protocol.mosteller(state.kg, read(known.cm)) });
  const chosen = () => state.schedules[state.turn];
  const shownSchedules = () => state.schedules.flatMap((plans, k) => (plans ? [[k, plans]] : []));
  const sumOf = (plans) => levers.sumOf(plans, body());
  const weeksText = () => String(Number(state.weeks.toPrecision(6)));
  // the levers of the schedule, and those of both schedules
  const controls = {
    ...levers.all,
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
        if (float(value) > known.most_weeks) {
          const most = `${known.most_weeks} weeks, the most that this page draws. \`regimens compare\` takes any.`;
          throw new Refused(`A horizon of ${decimal(value)} weeks is more than ${most}`);
        }
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

  // ---- drawing
  // the band that the run of this page has for the arm that schedule A starts from, from the figures of the page
  let figures = null;
  const runOf = (k) => {
    const { arm } = known.starts[state.from[0]], { name, readouts } = known.models[k];
    if (known.hours === null || typeof arm !== "number" || readouts[state.show] === undefined) return null;
    figures ||= JSON.parse(document.getElementById("data").textContent).figures;
    const figure = figures[`curves-${state.show}`], place = known.models.slice(0, k).filter((model) => model.readouts[state.show] !== undefined).length;
    const mine = figure ? figure.data.filter(({ meta, xaxis }) => meta.upper && meta.arm === arm
      && (typeof meta.key === "string" ? name === meta.key || name === `${meta.key} (exploratory)` : xaxis === (place ? `x${place + 1}` : "x"))) : [];
    const band = mine.find(({ meta }) => meta.role === "spread") || mine[0];
    return band ? { x: band.x.map((x) => x * known.hours), y: band.y } : null;
  };
  const lineOf = (place, plans, k) => {
    const curve = simulation.curveOf(plans, k), values = simulation.valuesOf(curve, known.models[k]), band = simulation.bandOf(plans, k);
    return { letter: LETTERS[place], place, ...curve, values, band, waiting: values && !curve.status && !band && known.models[k].draws.length > 0 };
  };
  const simulation = simulated(known, state, body, () => redraw());
  const labelOf = () => known.models.map((model) => model.labels[state.show]).find(Boolean);
  let peaks = [];
  const redraw = () => {
    const end = state.weeks * WEEK_H, [label, unit] = labelOf(), start = known.starts[state.from[0]];
    const points = start.points.filter(({ of, h }) => of === state.show && h !== null && h <= end), title = unit ? `${label}, ${unit}` : label;
    const shown = known.models.flatMap(({ name }, k) => (state.models[k]
      ? [{ name, run: runOf(k), lines: shownSchedules().map(([place, plans]) => lineOf(place, plans, k)) }] : []));
    $("shown").textContent = title;
    peaks = panels.draw($("panels"), $("readout"), { end, title, shown, points, fold: /fold of baseline/.test(label) });
    const bare = known.models.filter(({ draws }, k) => state.models[k] && !draws.length).map(({ name }) => name);
    const bands = bare.length < shown.length ? " bands: the middle 90 % of 50 parameter draws;" : "";
    const said = [`Lines: the typical subject;${bands} strokes at the foot: doses.`];
    if (bare.length) said.push(`No band for ${bare.join(", ")}: the uncertainty of the parameters is not known.`);
    if (shown.some(({ run }) => run)) said.push("Grey: the 90 % band of the run of this page for the arm that A starts from.");
    const studies = [...new Set(points.map(({ study }) => study))].join("; ");
    if (studies) said.push(`Circles: seen in groups given ${start.text} (${studies}), with the interval where one is printed; they stay as the controls move.`);
    $("how").textContent = said.join(" ");
  };

  // ---- exact totals, and what is broken
  const dayText = (hours) => {
    const days = over(hours, HOUR_DAY);
    return days[1] === 1n ? decimal(days) : String(Number(float(days).toPrecision(4)));
  };
  const swatch = (letter) => element("svg", { class: `swatch s${letter}`, viewBox: "0 0 26 8", "aria-hidden": "true" },
    element("path", { d: "M1,4H25", ...(letter ? { "stroke-dasharray": "7 3" } : {}) }));
  // exposures of the drugs of a plan, IL-2 first
  const exposures = (plans) => Object.keys(plans).sort((a, b) => (b === "il2") - (a === "il2") || (a < b ? -1 : 1))
    .map((drug) => protocol.exposure(protocol.planned(plans), drug, body()));
  const rowOf = ([place, plans]) => {
    const each = exposures(plans), joined = (of) => each.map(of).join(", ") || "–";
    const cell = (label, text, kind = "n") => node("td", { class: kind, "data-label": label }, text);
    const head = node("th", { scope: "row" }, node("b", {}, swatch(place), `\u00a0Schedule ${LETTERS[place]}`), node("span", {}, protocol.write(plans)));
    const total = each.length ? joined((one) => amountText(one.total, one.unit) + (each.length > 1 ? ` ${one.drug}` : "")) : "0 MIU";
    return node("tr", {}, head, cell("Total", total, "n total"), cell("Doses", joined(({ doses }) => doses)),
      cell("First day", joined((one) => dayText(one.first))), cell("Last day", joined(({ last }) => dayText(last))),
      cell("Most in 7 days", joined(({ peak, unit }) => amountText(peak, unit))));
  };
  // sentences on what is broken, and notes, as [text, class]
  const limitsOf = ([place, plans]) => {
    const doses = protocol.planned(plans), start = known.starts[state.from[place]], who = `Schedule ${LETTERS[place]}`, found = [];
    const late = doses.filter(({ start: time }) => float(time) >= state.weeks * WEEK_H).length;
    if (late) {
      const where = `at or after the horizon of ${weeksText()} weeks and are not drawn; the total counts them.`;
      found.push([`${who}: ${late} of ${doses.length} doses lie ${where}`, ""]);
    }
    const total = plans.il2 ? amountText(exposures(plans)[0].total, "IU") : "";
    if (start.expected && total && total !== start.expected) {
      found.push([`${who}: the scenario expects ${start.expected} in '${start.name}'; this is ${total}.`, ""]);
    }
    for (const { words, of, most, number } of known.limits) {
      const reached = of === "doses" ? whole(doses.filter(({ drug }) => drug === "il2").length) : plans.il2 ? exposures(plans)[0].total : whole(0);
      if (compare(reached, read(number)) * (most ? 1 : -1) > 0) {
        found.push([`${who}: the scenario asks for '${words}'; this is ${of === "doses" ? reached[0] : amountText(reached, "IU")}.`, ""]);
      }
    }
    if (start.note && start.text === protocol.write(plans)) found.push([`${start.name}: ${start.note}`, "note"]);
    return found;
  };
  const sums = () => {
    $("sums").replaceChildren(...shownSchedules().map(rowOf));
    $("limits").replaceChildren(...shownSchedules().flatMap(limitsOf).map(([text, kind]) => node("li", kind ? { class: kind } : {}, text)));
  };

  // ---- what would give a verdict
  const quoted = (text) => JSON.stringify(text);
  const armOf = ([name, plans]) => {
    const drugs = Object.keys(plans).sort(), only = drugs.length === 1 && drugs[0] === "il2";
    if (!drugs.length) return [`  ${quoted(name)}: {regimen: no dose}`];
    const text = (drug) => quoted(protocol.write({ [drug]: plans[drug] }).replace(new RegExp(`^${drug}: `), ""));
    const totals = Object.fromEntries(exposures(plans).map(({ drug, total, unit }) => [drug, amountText(total, unit)]));
    const each = (of) => `{${drugs.map((drug) => `${drug}: ${of(drug)}`).join(", ")}}`;
    return [
      `  ${quoted(name)}:`,
      `    regimen: ${only ? text("il2") : each(text)}`,
      `    expect: {total: ${only ? totals.il2 : each((drug) => totals[drug])}}`,
    ];
  };
  const yaml = () => {
    const start = known.starts[state.from[0]], arms = shownSchedules().map(([place, plans]) => [`Schedule ${LETTERS[place]}`, plans]);
    if (arms.length === 1 && start.text !== protocol.write(arms[0][1])) arms.push([start.name, protocol.parse(start.text)]);
    const size = body(), typical = decimal(state.kg) === "70" && known.cm === "167" && decimal(size.m2) === "1.8";
    const chosen = known.models.flatMap((_, k) => (state.models[k] || !state.models.includes(true) ? [k] : []));
    const on = chosen.map((k) => known.names[k]), has = (name) => chosen.some((k) => Object.hasOwn(known.models[k].readouts, name));
    const asked = known.endpoints.filter(({ of }) => !of || has(of)).map(({ words }) => words);
    if (!asked.length) asked.push(`peak of ${Object.keys(known.models[chosen[0]].readouts)[0]}`);
    const horizon = Number.isInteger(state.weeks) ? `${state.weeks} weeks` : `${Number((7 * state.weeks).toPrecision(9))} days`;
    const beside = "# A model is named by its path: save this file in the folder of the scenario that the page was made of.";
    return `${[
      ...(on.some((name) => /\.ya?ml$/.test(name)) ? [beside] : []),
      "title: What if?",
      `models: [${on.map(quoted).join(", ")}]`,
      `horizon: ${horizon}`,
      ...(typical ? [] : [`subject: {weight: ${decimal(state.kg)} kg, height: ${known.cm} cm, bsa: ${decimal(size.m2)} m2}`]),
      "population: {subjects: 50, seed: 1, draws: 100}",
      "arms:",
      ...arms.flatMap(armOf),
      "endpoints:",
      ...asked.map((words) => `  - ${quoted(words)}`),
    ].join("\n")}\n`;
  };

  // ---- the link to a view
  const MARK = "#what-if&";
  const link = () => {
    const parts = new URLSearchParams();
    for (const [place, plans] of shownSchedules()) {
      parts.set(place ? "b" : "a", protocol.write(plans));
      parts.set(place ? "from_b" : "from", String(state.from[place]));
    }
    parts.set("kg", decimal(state.kg));
    parts.set("weeks", String(state.weeks));
    parts.set("models", state.models.flatMap((shown, k) => (shown ? [k] : [])).join("."));
    parts.set("show", state.show);
    if (state.total) parts.set("total", decimal(state.total));
    return MARK + parts;
  };
  const follow = () => {
    if (!location.hash.startsWith(MARK)) return "";
    let wrong = "";
    const parts = new URLSearchParams(location.hash.slice(MARK.length));
    ["a", "b"].forEach((name, letter) => {
      if (!parts.has(name)) return;
      const good = trying("text", () => { state.schedules[letter] = protocol.parse(parts.get(name)); });
      if (!good) wrong = `The link holds '${parts.get(name).slice(0, 80)}'. ${$("text-wrong").textContent}`;
      const from = parts.get(letter ? "from_b" : "from");
      if (/^\d+$/.test(from ?? "") && known.starts[from]) state.from[letter] = Number(from);
    });
    if (parts.has("kg")) trying("weight", () => controls.weight.set(null, read(parts.get("kg"))));
    if (parts.has("weeks")) trying("horizon", () => controls.horizon.set(null, read(parts.get("weeks"))));
    const on = (parts.get("models") ?? "").split(".").filter(Boolean).map(Number).filter((k) => known.models[k]);
    if (on.length) state.models = state.models.map((_, k) => on.includes(k));
    if (known.models.some(({ readouts }) => Object.hasOwn(readouts, parts.get("show")))) state.show = parts.get("show");
    const total = parts.has("total") ? read(parts.get("total")) : null;
    if (total && state.schedules[0]) state.total = total;
    return wrong;
  };

  // ---- one way from a change to the page: controls and totals at once, curves at the next frame, ribbons and the link after a pause
  let frame = 0, idle = 0, speaking = 0;
  const speak = () => {
    const parts = shownSchedules().map(([letter, plans]) => {
      const sum = protocol.exposure(protocol.planned(plans), drugOf(plans), body());
      const mine = peaks.filter((each) => each.letter === LETTERS[letter]).map(({ value }) => value);
      const several = mine.length > 1 ? ` to ${short(Math.max(...mine))} over ${mine.length} models` : "";
      const range = mine.length ? `; highest ${labelOf()[0]} ${short(Math.min(...mine))}${several}` : "";
      return `Schedule ${LETTERS[letter]}: ${sum ? `${amountText(sum.total, sum.unit)} in ${sum.doses} doses` : "no dose"}${range}.`;
    });
    $("spoken").textContent = parts.join(" ");
  };
  const show = (name, lever, where, typing) => {
    const number = $(name), slider = $(`${name}-slider`), row = number.closest(".lever"), value = lever.of(where), none = value === null;
    row.classList.toggle("still", none);
    row.title = none ? lever.why(where) : "";
    number.disabled = slider.disabled = none;
    if (name !== typing) number.value = none ? "" : value;
    if (none || name !== typing) complain(name, "");
    if (none) slider.value = slider.min;
    if (none) return;
    if (lever.unit) $(`${name}-unit`).textContent = lever.unit(where);
    if (name === "amount") slider.step = slider.min = decimal(levers.stepOf(where.course.amount, VIAL));
    const size = Number(value);
    if (size > Number(slider.max) || size * 40 < Number(slider.max)) {
      slider.max = String(name === "amount" ? nice(Math.max(size * 2, 40 * Number(slider.step))) : Math.max(size, Number(slider.dataset.most)));
    }
    slider.value = value;
    slider.setAttribute("aria-valuetext", `${value} ${$(`${name}-unit`).textContent}`);
  };
  const refresh = (typing = "") => {
    const where = found(chosen());
    bench.style.setProperty("--turn", `var(--${state.turn ? "second" : "first"})`);
    for (const [name, lever] of Object.entries(controls)) show(name, lever, where, typing);
    if (typing !== "text") { $("text").value = protocol.write(chosen()); complain("text", ""); }
    $("many").hidden = where.simple || !where.course;
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
    simulation.ask();
    if (settled.once) history.replaceState(null, "", link());
    settled.once = true;
  };

  // a change of the chosen schedule: made on a copy, which takes its place only if it can be given
  const change = (name, alter, typing = "") => {
    const plans = structuredClone(chosen());
    const good = trying(name, () => {
      alter(plans);
      if (Object.keys(plans).length) protocol.planned(plans);
      if (state.total && ["amount", "doses", "cycles", "weight"].includes(name) && found(plans).course) $("moved").textContent = levers.keep(plans, name, state.total, body(), VIAL);
      protocol.planned(plans);
    });
    if (!good) return;
    state.schedules[state.turn] = plans;
    refresh(typing);
  };
  const common = ["weight", "horizon"];
  for (const [name, lever] of Object.entries(controls)) {
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
    if (state.total) {
      state.total = found(plans).course ? sumOf(plans) : null;
      $("moved").textContent = state.total ? "The total that is kept is now that of the text." : "";
    }
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
    if (!chosen()) { state.schedules[1] = structuredClone(state.schedules[0]); state.from[1] = state.from[0]; }
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
    const kept = state.total ? amountText(state.total, found(chosen()).course.amount.unit) : "";
    $("moved").textContent = kept ? `Kept: ${kept}. Amount and doses move each other; cycles move the amount.` : "";
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
  const followed = () => {
    const wrong = follow();
    refresh();
    if (wrong) complain("text", wrong);
  };
  followed();
  new ResizeObserver(() => { cancelAnimationFrame(frame); frame = requestAnimationFrame(redraw); }).observe($("panels"));
  window.addEventListener("hashchange", () => { if (location.hash.startsWith(MARK)) followed(); });
  if (location.hash.startsWith(MARK) && bench.closest("details")) document.getElementById("what-if").scrollIntoView();
  bench.dataset.ready = "yes";
  document.documentElement.dataset.ready = "yes";
})();
