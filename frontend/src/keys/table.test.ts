import { describe, expect, it } from "vitest";
import { isChord, type KeyRow, rowFor, writingOf } from "./table";

const press = (more: Partial<KeyboardEvent>): KeyboardEvent =>
  ({
    key: "",
    code: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...more,
  }) as KeyboardEvent;

describe("key presses", () => {
  it("are written as the table writes them", () => {
    expect(writingOf(press({ key: "z", ctrlKey: true }))).toBe("Ctrl+Z");
    expect(writingOf(press({ key: "Z", ctrlKey: true, shiftKey: true }))).toBe("Ctrl+Shift+Z");
    expect(writingOf(press({ key: "?", shiftKey: true }))).toBe("?");
    expect(writingOf(press({ key: "!", code: "Digit1", shiftKey: true }))).toBe("Shift+1");
    expect(writingOf(press({ key: "Enter", ctrlKey: true, altKey: true }))).toBe("Ctrl+Alt+Enter");
    expect(writingOf(press({ key: "ArrowLeft", shiftKey: true }))).toBe("Shift+ArrowLeft");
  });

  it("are combinations where they are written with Ctrl", () => {
    const presses = [
      press({ key: "d", ctrlKey: true }),
      press({ key: "d", metaKey: true }),
      press({ key: "d" }),
    ];

    for (const one of presses) expect(isChord(one)).toBe(writingOf(one).startsWith("Ctrl+"));
    expect(presses.filter(isChord)).toHaveLength(1);
  });

  it("find their row by any of its keys", () => {
    const rows: KeyRow[] = [{ keys: ["Ctrl+Y", "Ctrl+Shift+Z"], what: "Redo", scope: "page", group: "Edit" }];

    expect(rowFor(rows, press({ key: "Z", ctrlKey: true, shiftKey: true }))?.what).toBe("Redo");
    expect(rowFor(rows, press({ key: "z" }))).toBeUndefined();
  });
});
