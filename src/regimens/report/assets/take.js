// the chosen schedule as the text of a scenario, copied
(() => {
  const bench = document.querySelector(".take");
  const { words, text, copied, failed } = bench.dataset;
  bench.querySelector("button").addEventListener("click", () => {
    const area = document.createElement("textarea");
    area.value = text.replaceAll(words, bench.querySelector("select").value);
    area.className = "hidden";
    bench.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    bench.querySelector("[role=status]").textContent = done ? copied : failed;
  });
})();
