"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const root = document.documentElement;
  const plots = [...document.querySelectorAll(".live")];
  const hidden = new Set();
  let held = null;
  let linking = false;
  let stale = [];
  const idle = window.requestIdleCallback || ((work) => setTimeout(work, 30));
  const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: "reset" };

  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const clear = (hex, share) => {
    const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
    const part = (at) => parseInt(full.slice(at, at + 2), 16);
    return `rgba(${part(1)},${part(3)},${part(5)},${share})`;
  };
  const ribbon = (meta) => (held === null ? (meta.quiet ? 0 : meta.crowd ? 0.07 : 0.18) : held === meta.arm ? 0.2 : 0.02);
  const sure = (meta) => (held === null ? (meta.quiet ? 0.12 : meta.crowd ? 0.2 : 0.3) : held === meta.arm ? 0.4 : 0.03);
  const shown = (arm) => !hidden.has(arm);

  // colours live in the style sheet alone; a figure is painted from them whenever the theme changes
  const trace = (given) => {
    const made = { ...given, visible: shown(given.meta.arm) };
    const ink = colour(`--a${given.meta.colour}`);
    if (given.meta.role === "ribbon") made.fillcolor = clear(ink, ribbon(given.meta));
    else if (given.meta.role === "sure") made.fillcolor = clear(ink, sure(given.meta));
    else if (given.meta.role === "thread" && held !== null && held !== given.meta.arm) made.opacity = 0.05;
    else if (given.meta.role === "line" && held !== null && held !== given.meta.arm) made.opacity = 0.25;
    if (given.meta.role === "dot") made.marker = { ...given.marker, color: ink };
    else made.line = { ...given.line, color: ink };
    return made;
  };
  const layout = (given, data) => {
    const soft = colour("--soft"), hair = colour("--hair"), paper = colour("--paper"), ink = colour("--ink");
    const font = { family: getComputedStyle(document.body).fontFamily, size: 12, color: soft };
    const arms = new Map(data.map((each) => [`arm-${each.meta.arm}`, each.meta]));
    return {
      ...given,
      font,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      hoverlabel: { bgcolor: paper, bordercolor: hair, font: { ...font, size: 11, color: ink }, namelength: -1 },
      xaxis: { ...given.xaxis, linecolor: soft, tickcolor: soft, showline: true, spikecolor: soft, spikethickness: 1, spikedash: "solid" },
      yaxis: { ...given.yaxis, gridcolor: hair },
      shapes: given.shapes.map((each) => ({ ...each, line: { ...each.line, color: colour("--a0") } })),
      annotations: given.annotations.map((each) => ({
        ...each,
        visible: shown(arms.get(each.name).arm),
        font: { ...font, color: colour(`--t${arms.get(each.name).colour}`), weight: 600 },
      })),
    };
  };
  const draw = (plot) => {
    const { data, layout: frame } = figures[plot.dataset.figure];
    const painted = data.map(trace);
    const made = Plotly.react(plot, painted, layout(frame, painted), config);
    if (!plot.dataset.drawn) link(plot);
    plot.dataset.drawn = "yes";
    return made;
  };
  const inView = (plot) => {
    const box = plot.getBoundingClientRect();
    return box.bottom > 0 && box.top < window.innerHeight;
  };
  // what is in view follows at once, the rest when there is time
  const redraw = () => {
    const drawn = plots.filter((plot) => plot.dataset.drawn);
    drawn.filter(inView).forEach(draw);
    stale = drawn.filter((plot) => !inView(plot));
    if (stale.length) idle(refresh);
  };
  const refresh = () => {
    const plot = stale.shift();
    if (plot) draw(plot);
    if (stale.length) idle(refresh);
  };
  // the models beside each other read out the same moment
  const link = (plot) => {
    const beside = [...plot.closest(".panels").querySelectorAll(".live")].filter((each) => each !== plot);
    if (beside.length > 2) return;
    plot.on("plotly_hover", (event) => {
      if (linking || !event.xvals) return;
      linking = true;
      beside.filter((each) => each.dataset.drawn).forEach((each) => Plotly.Fx.hover(each, { xval: event.xvals[0] }, ["xy"]));
      linking = false;
    });
    plot.on("plotly_unhover", () => {
      if (!linking) beside.filter((each) => each.dataset.drawn).forEach((each) => Plotly.Fx.unhover(each));
    });
  };

  // what is near the window is drawn first, the rest when the page is at rest
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting && !entry.target.dataset.drawn) draw(entry.target);
    }
  }, { rootMargin: "400px" });
  plots.forEach((plot) => near.observe(plot));
  const next = () => {
    const plot = plots.find((each) => !each.dataset.drawn);
    if (!plot) {
      root.dataset.drawn = "all";
      return;
    }
    draw(plot);
    idle(next);
  };
  idle(next);

  // pointing at an arm in the legend lifts it out; a touch has no pointing, and a passing pointer means nothing
  let waiting = 0;
  const hold = (arm) => {
    if (!window.matchMedia("(hover: hover)").matches) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      held = arm;
      redraw();
    }, 120);
  };
  document.querySelectorAll("[data-toggle]").forEach((button) => {
    button.addEventListener("mouseenter", () => hold(Number(button.dataset.toggle)));
    button.addEventListener("mouseleave", () => hold(null));
    button.addEventListener("click", () => {
      const arm = Number(button.dataset.toggle);
      const on = hidden.delete(arm);
      if (!on) hidden.add(arm);
      button.setAttribute("aria-pressed", String(on));
      document.querySelectorAll(`[data-arm="${arm}"]`).forEach((each) => each.classList.toggle("off", !on));
      document.querySelectorAll("[data-arms]").forEach((each) => {
        each.classList.toggle("off", each.dataset.arms.split(" ").map(Number).every((one) => hidden.has(one)));
      });
      redraw();
    });
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
})();
