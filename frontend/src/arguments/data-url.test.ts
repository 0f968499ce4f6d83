import { describe, expect, it } from "vitest";
import { dataUrl, describeDataUrl, mediaOf } from "./data-url";

describe("a data URL", () => {
  it("tells the file it was made of, its size and no more", () => {
    const url = dataUrl("my flowers, 2.csv", "text/csv", btoa("a,b\n1,2\n"));

    expect(url).toBe("data:text/csv;name=my%20flowers%2C%202.csv;base64,YSxiCjEsMgo=");
    expect(describeDataUrl(url)).toBe("my flowers, 2.csv, 8 bytes");
  });

  it("is told by its kind where it has no name", () => {
    expect(describeDataUrl("data:text/csv,a%0A1")).toBe("text/csv, 5 bytes");
    expect(describeDataUrl("data:,")).toBe("a file, 0 bytes");
    expect(describeDataUrl("data:text/csv;name=%E0%A4%A;base64,AAAA")).toBe("%E0%A4%A, 3 bytes");
  });
});

describe("a file's name", () => {
  it("tells whether it holds data", () => {
    expect(mediaOf("IRIS.CSV")).toBe("text/csv");
    expect(mediaOf("w.safetensors")).toBe("application/x-safetensors");
    expect(mediaOf("graph.json")).toBeNull();
    expect(mediaOf("constructor")).toBeNull();
  });
});
