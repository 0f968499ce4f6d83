import { describe, expect, it } from "vitest";
import { shortened } from "./data-source-field";

describe("what a file holds", () => {
  it("stays as it is where there is room", () => {
    expect(shortened("housing.csv, 18 bytes")).toBe("housing.csv, 18 bytes");
  });

  it("gives up letters of a long name, and nothing of its size", () => {
    const short = shortened("measurements of 2024, cleaned.csv, 512.3 kB");

    expect(short).toBe("measurements o…, 512.3 kB");
    expect(short.length).toBe(25);
  });
});
