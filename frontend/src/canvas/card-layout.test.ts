import { describe, expect, it } from "vitest";
import { type CardShape, layOutCard, problemLines, SOCKET_PITCH, shortParameter } from "./card-layout";

const shape: CardShape = {
  figure: "number",
  inputs: 2,
  outputs: 1,
  parameters: 0,
  width: null,
  collapsed: false,
};

describe("a card's layout", () => {
  it("has the size of the look's cards with two sockets", () => {
    const card = layOutCard(shape);

    expect([card.width, card.height]).toEqual([132, 92]);
    expect(card.inputs).toEqual([31, 61]);
    expect(card.outputs).toEqual([46]);
  });

  it.each([1, 3, 4, 9, 20])("keeps %d sockets a hit area apart and on the card", (inputs) => {
    const card = layOutCard({ ...shape, inputs });

    const gaps = card.inputs.slice(1).map((y, k) => y - (card.inputs[k] as number));
    expect(Math.min(SOCKET_PITCH, ...gaps)).toBeGreaterThanOrEqual(SOCKET_PITCH - 1e-9);
    expect(Math.min(...card.inputs)).toBeGreaterThan(8);
    expect(Math.max(...card.inputs)).toBeLessThan(card.height - 8);
  });

  it("puts parameters below everything else", () => {
    const card = layOutCard({ ...shape, figure: "strip", parameters: 2 });

    expect(card.parameters.every((y) => y > card.note && y < card.height)).toBe(true);
  });

  it("shortens the names of parameters in the middle, so that they stay apart", () => {
    const names = ["weight", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];

    const shown = names.map((name) => shortParameter(name, 132));

    expect(shown).toEqual(["weight", "w…ih_l0", "w…hh_l0", "b…ih_l0", "b…hh_l0"]);
    expect(shortParameter("weight_ih_l0", 180)).toBe("weight_ih_l0");
  });

  it("gives a problem all lines of the card that its note leaves", () => {
    const card = layOutCard(shape);

    expect([problemLines(card, false), problemLines(card, true)]).toEqual([5, 3]);
    expect(problemLines(layOutCard({ ...shape, inputs: 6 }), false)).toBeGreaterThan(5);
    expect(problemLines(layOutCard({ ...shape, collapsed: true }), true)).toBe(1);
  });

  it.each(["number", "strip", "heat", "histogram"] as const)("keeps a %s inside the card", (figure) => {
    const card = layOutCard({ ...shape, figure });

    for (const area of [card.value, card.gradient]) {
      expect(area.x + area.width).toBeLessThanOrEqual(card.width);
      expect(area.y + area.height).toBeLessThan(card.note);
    }
  });

  it("is a single line when collapsed", () => {
    const card = layOutCard({ ...shape, collapsed: true });

    expect(card.height).toBe(40);
    expect(new Set([...card.inputs, ...card.outputs])).toEqual(new Set([20]));
  });
});
