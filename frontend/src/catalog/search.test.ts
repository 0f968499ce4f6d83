import { describe, expect, it } from "vitest";
import { sampleCatalog } from "./sample-catalog";
import { editDistance, SearchIndex } from "./search";

const tensor = (name: string): object => ({
  name,
  type: "tensor",
  wired: true,
  typed: false,
  required: true,
});
const row = (summary: string, more: object = {}) => ({
  kind: "function" as const,
  category: "Arithmetic",
  summary,
  overloads: [{ arguments: [tensor("input")], outputs: [{ name: "0" }] }],
  ...more,
});
const catalog = sampleCatalog({
  "torch.mul": row("Multiplies input by other."),
  "torch.matmul": row("Matrix product of two tensors.", { aliases: ["@", "matrix multiply"] }),
  "torch.addmm": row("Adds a matrix product to input."),
  "torch.add": row("Adds other, scaled by alpha, to input."),
  "torch.nn.functional.relu": row("Rectified linear unit."),
  "torch.nn.ReLU": row("Applies the rectifier.", { kind: "module" as const }),
  "torch.Tensor.relu": row("See torch.relu.", { kind: "method" as const }),
  "torch.multiply": row("Alias for torch.mul. Multiplies input by other."),
  "torch.optim.Adam": row("Adam.", { kind: "optimizer" as const }),
});
const index = new SearchIndex(catalog);
const find = (words: string): string[] => index.find(words).map((operation) => operation.name);

describe("the search for operations", () => {
  it("puts the exact name first, then names that begin so", () => {
    expect(find("add").slice(0, 2)).toEqual(["torch.add", "torch.addmm"]);
  });

  it("puts torch.nn.functional before methods of the same name", () => {
    expect(find("relu")).toEqual(["torch.nn.functional.relu", "torch.nn.ReLU", "torch.Tensor.relu"]);
  });

  it("lets large and small letters tell a module from its function", () => {
    expect(find("ReLU")[0]).toBe("torch.nn.ReLU");
  });

  it("finds by alias and by words of the description", () => {
    expect(find("@")[0]).toBe("torch.matmul");
    expect(find("multiply")).toContain("torch.mul");
    expect(find("matrix product")).toContain("torch.addmm");
  });

  it("puts an operation before what is only another name for it", () => {
    expect(find("multiply").slice(0, 2)).toEqual(["torch.mul", "torch.multiply"]);
  });

  it("forgives a typing mistake where nothing else is found", () => {
    expect(find("matmlu")).toEqual(["torch.matmul"]);
  });

  it("forgives one in a word by which an operation is looked for", () => {
    expect(find("multilpy matrix")).toEqual([]);
    expect(find("matirx")).toEqual(["torch.matmul"]);
  });

  it("leaves out what is not placed on the canvas", () => {
    expect(find("adam")).toEqual([]);
  });
});

describe("edit distance", () => {
  it("counts a swap of two letters once", () => {
    expect(editDistance("matmlu", "matmul", 2)).toBe(1);
    expect(editDistance("relu", "gelu", 1)).toBe(1);
    expect(editDistance("add", "softmax", 2)).toBe(3);
  });
});
