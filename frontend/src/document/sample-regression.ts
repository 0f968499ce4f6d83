/** The article's product and loss as a small document, for tests. */
import { addNode, connect, setLoss } from "./commands";
import { GraphDocument } from "./graph-document";

/** The document, and its nodes by what they are called. */
export interface Regression {
  readonly document: GraphDocument;
  readonly w: string;
  readonly x: string;
  readonly wx: string;
  readonly loss: string;
}

/** Makes it anew. */
export function regression(): Regression {
  const document = new GraphDocument();
  const w = addNode(document, { op: "torch.randn", at: [0, 0], id: "w", args: { size: "[1]" } });
  const x = addNode(document, { op: "torch.tensor", at: [0, 80], id: "x", args: { data: "[[1.0], [2.0]]" } });
  const wx = addNode(document, { op: "torch.mul", at: [200, 0], id: "wx" });
  const loss = addNode(document, { op: "torch.mean", at: [400, 0], id: "loss" });
  connect(document, { source: w, output: null, target: wx, argument: "input", list: false });
  connect(document, { source: x, output: null, target: wx, argument: "other", list: false });
  connect(document, { source: wx, output: null, target: loss, argument: "input", list: false });
  setLoss(document, { uid: loss, output: null });
  return { document, w, x, wx, loss };
}

/** The ids of the nodes, in their order. */
export const ids = (document: GraphDocument): string[] => document.getSnapshot().nodes.map((node) => node.id);
/** The ids of the edges. */
export const edges = (document: GraphDocument): string[] =>
  document.getSnapshot().edges.map((edge) => edge.id);
