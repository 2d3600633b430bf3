"use strict";
// The section "What if?" is packed (deflate, base64) to keep the page small, and unpacked when it is opened. Its scripts run only
// because the policy of the page holds the hash of each.
(() => {
  const bench = document.getElementById("wi"), fold = bench.closest("details"), asks = () => location.hash.startsWith("#what-if");
  let begun = false;
  const unpack = async () => {
    if (begun || (fold && !fold.open)) return;
    begun = true;
    const bytes = Uint8Array.from(atob(document.getElementById("wi-packed").textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    for (const [id, type, text] of JSON.parse(await new Response(stream).text())) {
      document.body.append(Object.assign(document.createElement("script"), { id, type, textContent: text }));
    }
  };
  const open = () => { if (fold && asks()) fold.open = true; };
  if (fold) fold.addEventListener("toggle", unpack);
  window.addEventListener("hashchange", open);
  open();
  unpack();
})();
