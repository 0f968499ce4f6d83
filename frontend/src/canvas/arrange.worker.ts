/** Arranges graphs beside the page, so that it stays alive meanwhile. */
import { type ArrangeRequest, arrange } from "./arrange";

self.onmessage = (event: MessageEvent<ArrangeRequest>): void => {
  try {
    self.postMessage({ places: arrange(event.data) });
  } catch (error) {
    self.postMessage({ failure: error instanceof Error ? error.message : String(error) });
  }
};
