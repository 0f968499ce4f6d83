/** Arranges graphs beside the page, so that it stays alive meanwhile. */
import { replyOf } from "../editor/ask-worker";
import { type ArrangeRequest, arrange } from "./arrange";

self.onmessage = (event: MessageEvent<ArrangeRequest>): void => {
  self.postMessage(replyOf(() => arrange(event.data)));
};
