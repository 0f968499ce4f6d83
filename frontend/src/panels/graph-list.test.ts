import { expect, it } from "vitest";
import { shortDate } from "./graph-list";

const now = new Date(2026, 10, 28, 22, 30);
const told = (...when: [number, number, number, number, number]): string =>
  shortDate(new Date(...when).getTime() / 1000, now, "en-GB");

it("when a graph was changed is told as briefly as it can be told apart", () => {
  expect(told(2026, 10, 28, 9, 5)).toBe("09:05");
  expect(told(2026, 10, 27, 23, 59)).toBe("27 Nov");
  expect(told(2025, 10, 28, 9, 5)).toBe("28 Nov 2025");
});
