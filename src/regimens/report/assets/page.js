"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const root = document.documentElement;
  const plots = [...document.querySelectorAll(".live")];
  const hidden = new Set();
  const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: "reset" };

  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const clear = (hex, share) => {
    const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
    const part = (at) => parseInt(full.slice(at, at + 2), 16);
    return `rgba(${part(1)},${part(3)},${part(5)},${share})`;
  };
  const shown = (arm) => !hidden.has(arm);

  // colours live in the style sheet alone; a figure is painted from them whenever the theme changes
  const trace = (given) => {
    const made = { ...given, visible: shown(given.meta.arm) };
    const ink = colour(`--a${given.meta.colour}`);
    if (given.meta.role === "ribbon") made.fillcolor = clear(ink, 0.18);
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
      hoverlabel: { bgcolor: paper, bordercolor: hair, font: { ...font, color: ink }, namelength: -1 },
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
    plot.dataset.drawn = "yes";
    return Plotly.react(plot, painted, layout(frame, painted), config);
  };
  const redraw = () => plots.filter((plot) => plot.dataset.drawn).forEach(draw);

  // what is near the window is drawn first, the rest when the page is at rest
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting && !entry.target.dataset.drawn) draw(entry.target);
    }
  }, { rootMargin: "400px" });
  plots.forEach((plot) => near.observe(plot));
  const idle = window.requestIdleCallback || ((work) => setTimeout(work, 30));
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

  document.querySelectorAll("[data-toggle]").forEach((button) => {
    button.addEventListener("click", () => {
      const arm = Number(button.dataset.toggle);
      const on = hidden.delete(arm);
      if (!on) hidden.add(arm);
      button.setAttribute("aria-pressed", String(on));
      document.querySelectorAll(`[data-arm="${arm}"]`).forEach((each) => each.classList.toggle("off", !on));
      redraw();
    });
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
})();
