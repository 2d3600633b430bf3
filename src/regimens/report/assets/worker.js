// In a Web Worker: the 5th and 95th percentile, over parameter draws, of one readout at each time.
if (typeof document === "undefined") {
  onmessage = ({ data: task }) => {
    postMessage({ id: task.id, key: task.key, ...stepper.band(task.rows.map((row) => stepper.drawn(task, row)), task.times.length) });
  };
}
