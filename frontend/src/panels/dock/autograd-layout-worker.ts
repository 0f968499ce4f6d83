/** Lays out autograd graphs beside the page, so that it stays alive meanwhile. */
import { replyOf } from "../../editor/ask-worker";
import type { AutogradGraph } from "./autograd-graph";
import { layOutAutograd } from "./autograd-layout";

self.onmessage = (event: MessageEvent<AutogradGraph>): void => {
  self.postMessage(replyOf(() => layOutAutograd(event.data)));
};
