/** Graphs, layouts and frames that no server computed, to put the canvas under a load of any size. Only for the bench. */
import type { Operation } from "../../catalog/types";
import type { Layout, OutputRow } from "../../wire/messages";
import { sampleArgument, sampleOperation, sampleRow } from "../sample-parts";

const CELLS = 24;
const HEADER = 64;
const FIGURES = 5;

/** A graph of columns in which every node but the first has two inputs. */
export interface Synthetic {
  readonly file: string;
  readonly layout: Layout;
  readonly edges: number;
}

const torchAdd = sampleOperation("torch.add", "function", [sampleArgument("input"), sampleArgument("other")]);
const torchRandn = sampleOperation("torch.randn", "source", []);

/** What the synthetic graphs are made of. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  [torchAdd.name, torchAdd],
  [torchRandn.name, torchRandn],
]);

/** Makes a graph of `count` nodes and about twice as many edges. */
export function synthesize(count: number): Synthetic {
  const rows = Math.max(2, Math.round(Math.sqrt(count * 1.2)));
  const lines: string[] = [];
  const edges: { edge: string; from: string; why: null }[] = [];
  const outputs: OutputRow[] = [];
  for (let node = 0; node < count; node += 1) {
    const [column, row] = [Math.floor(node / rows), node % rows];
    const at = `"at": [${column * 236}, ${row * 132}]`;
    const id = `n${node}`;
    if (column === 0) lines.push(`"${id}": {"op": "torch.randn", "requires_grad": true, ${at}}`);
    else {
      const first = `n${node - rows}`;
      const second = `n${(column - 1) * rows + ((row * 7 + column) % rows)}`;
      lines.push(
        `"${id}": {"op": "torch.add", "inputs": {"input": "${first}", "other": "${second}"}, ${at}}`,
      );
      edges.push({ edge: `${id}.input`, from: first, why: null });
      edges.push({ edge: `${id}.other`, from: second, why: null });
    }
    outputs.push(outputRow(id, node, column === 0));
  }
  const layout: Layout = {
    layout: 1,
    edit: 1,
    problems: [],
    outputs,
    edges,
    leaves: [],
    parameters: [],
    data: {},
    loss: null,
  };
  return { file: `{"gradcanvas": 1, "nodes": {${lines.join(",")}}}`, layout, edges: edges.length };
}

function outputRow(id: string, node: number, leaf: boolean): OutputRow {
  const picture = { kind: "strip", rows: 1, columns: CELLS, offset: node * 2 * CELLS } as const;
  const gradient = { ...picture, offset: (node * 2 + 1) * CELLS };
  return sampleRow(id, [80, 1], leaf ? null : "AddBackward0", { picture, gradient_picture: gradient });
}

/** The bytes of a frame as docs/wire.md has them, other numbers in every one. */
export function encodeFrame(number: number, edges: number, outputs: number): ArrayBuffer {
  const pictures = outputs * 2 * CELLS;
  const blocks = [edges, outputs, outputs, 0].map((rows) => Math.ceil((rows * FIGURES * 4) / 8) * 8);
  const bytes = new ArrayBuffer(HEADER + blocks.reduce((sum, size) => sum + size, 0) + pictures);
  const header = new DataView(bytes);
  const words = [0x31464347, number, 1, 0];
  for (const [index, word] of words.entries()) header.setUint32(index * 4, word, true);
  header.setBigUint64(16, BigInt(number), true);
  header.setFloat64(24, Math.exp(-number / 200), true);
  for (const [index, word] of [edges, outputs, 0, pictures, 1].entries())
    header.setUint32(32 + index * 4, word, true);
  let at = HEADER;
  [edges, outputs, outputs].forEach((rows, block) => {
    fillFigures(new Float32Array(bytes, at, rows * FIGURES), number, block);
    at += blocks[block] as number;
  });
  const cells = new Int8Array(bytes, at, pictures);
  for (let cell = 0; cell < pictures; cell += 1)
    cells[cell] = Math.round(127 * Math.sin(cell * 0.7 + number * 0.2));
  return bytes;
}

function fillFigures(figures: Float32Array, number: number, block: number): void {
  for (let row = 0; row * FIGURES < figures.length; row += 1) {
    const at = row * FIGURES;
    const mean = Math.sin(row * 1.3 + number * 0.05 + block);
    figures[at] = Math.exp(-((row % 37) / 6) - number / 300);
    figures[at + 1] = mean;
    figures[at + 2] = mean - 0.4;
    figures[at + 3] = mean + 0.4;
    figures[at + 4] = 0;
  }
}
