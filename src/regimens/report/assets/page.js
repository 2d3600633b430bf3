"use strict";
(() => {
  const { template, figures, dark } = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const plots = [...document.querySelectorAll(".live")];
  const night = window.matchMedia("(prefers-color-scheme: dark)");
  const config = { displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: false };
  const PAPER_PX = 680;
  const NEAR_PX = 500;
  let held = null;
  let pinned = null;
  let printing = false;

  // a figure comes in light colours; on a dark ground each is exchanged for its partner
  const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(",");
  const clear = Object.fromEntries(Object.entries(dark).map(([light, other]) => [rgb(light), rgb(other)]));
  const repaint = (value) => {
    if (typeof value === "string") {
      if (dark[value]) return dark[value];
      const found = /^rgba\((\d+,\d+,\d+),(.*)$/.exec(value);
      return found && clear[found[1]] ? `rgba(${clear[found[1]]},${found[2]}` : value;
    }
    if (Array.isArray(value)) return value.length && typeof value[0] === "number" ? value : value.map(repaint);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, repaint(each)]));
    return value;
  };
  const painted = (value) => (night.matches && !printing ? repaint(value) : value);

  // behind the curves of one arm stand those of the others, which the other panels have
  for (const { data } of Object.values(figures)) {
    for (const trace of data.filter((each) => each.meta.role === "behind")) {
      const others = data.filter((each) => each.meta.role === "line" && each.xaxis !== trace.xaxis);
      trace.x = others.flatMap((each) => [...each.x, null]);
      trace.y = others.flatMap((each) => [...each.y, null]);
    }
  }

  // layouts for a narrower ground come with each figure
  const ticked = (axis, width) => {
    const room = Math.floor(((axis.domain[1] - axis.domain[0]) * width) / 34);
    const every = Math.ceil((axis.tickvals || []).length / Math.max(2, room));
    if (every < 2) return axis;
    const kept = (values) => values.filter((_, at) => at % every === 0);
    return { ...axis, tickvals: kept(axis.tickvals), ticktext: kept(axis.ticktext) };
  };
  const arranged = (layout, width) => {
    const made = { ...layout, template, title: undefined, autosize: false, width };
    const other = layout.meta && layout.meta[printing ? "paper" : width > 760 ? "wide" : width > 480 ? "middle" : "narrow"];
    for (const [name, change] of Object.entries(other || {})) {
      made[name] = change && typeof change === "object" && !Array.isArray(change) ? { ...made[name], ...change } : change;
    }
    for (const name of Object.keys(made).filter((each) => each.startsWith("xaxis"))) made[name] = ticked(made[name], width - made.margin.l - made.margin.r);
    return made;
  };
  const readable = (trace) => (trace.meta && trace.meta.role === "line" ? { ...trace, hoverinfo: "none", hovertemplate: null } : trace);
  const standing = () => (pinned === null ? held : pinned);
  const lit = (trace) => {
    const arm = trace.meta ? trace.meta.arm : -1;
    const base = trace.opacity === undefined ? 1 : trace.opacity;
    return standing() === null || arm < 0 || arm === standing() ? base : 0.12 * base;
  };
  const framed = (plot) => {
    const frame = arranged(figures[plot.dataset.figure].layout, printing ? PAPER_PX : Math.floor(plot.clientWidth));
    plot.style.height = `${frame.height}px`;
    return frame;
  };
  const draw = (plot) => {
    const { data } = figures[plot.dataset.figure];
    const keyed = plot.parentElement.querySelector(".key");
    const traces = data.map((each) => ({ ...(keyed ? readable(each) : each), opacity: lit(each) }));
    const frame = framed(plot);
    if (keyed) Object.assign(frame, { hovermode: "x", showlegend: false });
    Plotly.react(plot, painted(traces), painted(frame), config);
    if (keyed && !plot.dataset.drawn) readOut(plot, keyed);
    plot.dataset.drawn = String(frame.width);
    delete plot.dataset.stale;
  };
  const seen = (plot) => {
    const box = plot.getBoundingClientRect();
    return plot.closest("details:not([open])") === null && box.bottom > -NEAR_PX && box.top < window.innerHeight + NEAR_PX;
  };
  const redraw = () => plots.forEach((plot) => {
    if (seen(plot)) draw(plot);
    else if (plot.dataset.drawn) plot.dataset.stale = "yes";
  });

  // a figure has its height before it is drawn, so that what is below it does not move, a link or a click included
  const reserve = () => plots.forEach((plot) => {
    if (!printing && plot.clientWidth && plot.dataset.drawn !== String(Math.floor(plot.clientWidth))) framed(plot);
  });
  reserve();
  window.addEventListener("resize", reserve);
  document.addEventListener("toggle", reserve, true);
  // it is drawn when it comes near the window
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting && (!target.dataset.drawn || target.dataset.stale)) {
        draw(target);
      }
    }
  }, { rootMargin: `${NEAR_PX}px` });
  plots.forEach((plot) => near.observe(plot));
  // and again when its width is another one
  let resizing = 0;
  const fitted = () => plots.forEach((plot) => {
    if (printing || !plot.dataset.drawn || plot.dataset.drawn === String(Math.floor(plot.clientWidth))) return;
    if (seen(plot)) draw(plot);
    else plot.dataset.stale = "yes";
  });
  const widths = new ResizeObserver(() => {
    clearTimeout(resizing);
    resizing = setTimeout(fitted, 100);
  });
  plots.forEach((plot) => widths.observe(plot));
  night.addEventListener("change", redraw);

  // on paper: all figures that are not folded, in light colours, as wide as the paper
  window.addEventListener("beforeprint", () => {
    printing = true;
    plots.filter((plot) => plot.closest("details:not([open])") === null).forEach(draw);
  });
  window.addEventListener("afterprint", () => {
    printing = false;
    plots.forEach((plot) => { if (plot.dataset.drawn) plot.dataset.stale = "yes"; });
    reserve();
    redraw();
  });

  // the values at the pointer stand in the key, not on the curves
  const between = (xs, ys, x, log) => {
    const at = xs.findIndex((each) => each >= x);
    if (at < 0) return null;
    if (at === 0 || xs[at] === x) return ys[at];
    const share = (x - xs[at - 1]) / (xs[at] - xs[at - 1]);
    if (log) return ys[at - 1] * (ys[at] / ys[at - 1]) ** share;
    return ys[at - 1] + share * (ys[at] - ys[at - 1]);
  };
  const short = (value) => (value === null ? "" : Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3))).replace("-", "−"));
  const shownBand = (bands) => bands.find((each) => each.meta.role === "spread") || bands.find((each) => each.meta.role === "sure");
  const interval = (bands, x, log) => {
    const band = shownBand(bands);
    if (!band) return "";
    const upper = band.meta.upper;
    const high = between(band.x.slice(0, upper), band.y.slice(0, upper), x, log);
    const low = between(band.x.slice(upper).reverse(), band.y.slice(upper).reverse(), x, log);
    return ` (${short(low)}–${short(high)})`;
  };
  const readOut = (plot, key) => {
    const { data, layout } = figures[plot.dataset.figure];
    const rows = [...key.querySelectorAll("[data-key]")];
    const [when, whose] = [".when", ".whose"].map((each) => key.querySelector(each));
    const names = layout.meta.wide.annotations || [];
    const log = layout.yaxis.type === "log";
    plot.on("plotly_hover", (event) => {
      const { xaxis } = event.points[0].data;
      const x = event.xvals[0];
      const place = Number((xaxis || "x").slice(1) || 1) - 1;
      const inPanel = data.filter((each) => each.xaxis === xaxis);
      const panel = names[place] ? names[place].text.replace(/<br>/g, " ").replace(/<[^>]*>/g, "") : "";
      const unit = layout.xaxis.ticktext[0].split(" ")[0];
      when.textContent = `${unit} ${x.toFixed(1)}${panel ? `, ${panel}` : ""}`.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
      const roles = new Set();
      for (const row of rows) {
        const line = inPanel.find((each) => each.meta.role === "line" && String(each.meta.key) === row.dataset.key);
        const bands = inPanel.filter((each) => each.meta.upper && line && each.meta.key === line.meta.key);
        row.querySelector("output").textContent = line ? short(between(line.x, line.y, x, log)) + interval(bands, x, log) : "";
        if (line && bands.length) roles.add(shownBand(bands).meta.role);
      }
      whose.textContent = roles.size ? `(${[...roles].map((role) => key.dataset[role]).join(", ")})` : "\u00a0";
    });
    plot.on("plotly_unhover", () => {
      when.textContent = whose.textContent = "\u00a0";
      rows.forEach((row) => { row.querySelector("output").textContent = ""; });
    });
  };

  // one arm stands out on the whole page: while it is pointed at, or until it is chosen again
  const stand = () => {
    document.querySelectorAll("[data-arm]").forEach((each) => {
      each.classList.toggle("back", standing() !== null && Number(each.dataset.arm) !== standing());
      if (each.tagName === "BUTTON") each.setAttribute("aria-pressed", String(Number(each.dataset.arm) === pinned));
    });
    plots.filter((plot) => plot.dataset.drawn).forEach((plot) => {
      if (seen(plot)) Plotly.restyle(plot, { opacity: figures[plot.dataset.figure].data.map(lit) });
      else plot.dataset.stale = "yes";
    });
  };
  let waiting = 0;
  const hold = (arm) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { held = arm; if (pinned === null) stand(); }, 120);
  };
  document.querySelectorAll("button[data-arm]").forEach((button) => {
    const arm = Number(button.dataset.arm);
    if (window.matchMedia("(hover: hover)").matches) {
      button.addEventListener("mouseenter", () => hold(arm));
      button.addEventListener("mouseleave", () => hold(null));
    }
    button.addEventListener("click", () => { pinned = pinned === arm ? null : arm; stand(); });
  });

  // a figure for a talk: in light colours, with its title
  document.querySelectorAll("button[data-save]").forEach((button) => {
    button.addEventListener("click", () => {
      const { data, layout } = figures[button.dataset.of];
      const figure = { data, layout: { ...layout, template, paper_bgcolor: "#ffffff" } };
      Plotly.downloadImage(figure, {
        format: button.dataset.save, width: 1100, height: layout.height, scale: 2, filename: button.dataset.of,
      });
    });
  });
  root.dataset.ready = "yes";
})();
