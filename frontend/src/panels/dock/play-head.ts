/** While a run's beginning is played, pales what the loss chart shows beyond the step that is played. Knows no losses. */
import type uPlot from "uplot";
import type { Run } from "../../run/run-store";

/** Lays the veil over a chart; returns how to stop following the run. */
export function followReplay(chart: uPlot, run: Run): () => void {
  const veil = document.createElement("div");
  veil.className = "loss-veil";
  veil.hidden = true;
  chart.over.append(veil);
  const follow = (): void => {
    const played = run.replay.frame;
    veil.hidden = played === null;
    if (played !== null) veil.style.left = `${Math.max(0, chart.valToPos(played.step, "x"))}px`;
  };
  follow();
  return run.onFrame(follow);
}
