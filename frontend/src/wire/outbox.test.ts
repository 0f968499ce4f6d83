import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { LARGEST_MESSAGE, Outbox, type Outcome, type Standing } from "./outbox";

/** A server that answers when it is told to, and has what it took. */
class SlowServer {
  readonly doc = new Y.Doc();
  readonly sizes: number[] = [];
  private waiting: { update: Uint8Array; done: (outcome: Outcome) => void }[] = [];

  get sent(): number {
    return this.sizes.length;
  }

  send = (update: Uint8Array): Promise<Outcome> => {
    this.sizes.push(update.length);
    return new Promise((done) => this.waiting.push({ update, done }));
  };

  async answer(outcome: Outcome = "taken"): Promise<void> {
    const first = this.waiting.shift();
    if (first && outcome === "taken") Y.applyUpdate(this.doc, first.update);
    first?.done(outcome);
    await new Promise((done) => setTimeout(done, 0));
  }

  missing(page: Y.Doc): Uint8Array {
    return Y.encodeStateAsUpdate(page, Y.encodeStateVector(this.doc));
  }
}

function setUp(): { page: Y.Doc; server: SlowServer; outbox: Outbox; standings: Standing[] } {
  const page = new Y.Doc();
  const server = new SlowServer();
  const standings: Standing[] = [];
  const outbox = new Outbox(server.send, (now) => standings.push(now));
  page.on("update", (update: Uint8Array) => outbox.put(update));
  return { page, server, outbox, standings };
}

describe("the outbox", () => {
  it("keeps one update on its way and merges those that wait", async () => {
    const { page, server, outbox, standings } = setUp();
    outbox.reopen(null);

    for (const value of [1, 2, 3]) page.getMap("m").set("x", value);
    expect(server.sent).toBe(1);
    await server.answer();
    expect(server.sent).toBe(2);
    await server.answer();

    expect(server.doc.getMap("m").get("x")).toBe(3);
    expect(standings.at(-1)).toBe("saved");
  });

  it("keeps what was not acknowledged over a lost connection", async () => {
    const { page, server, outbox, standings } = setUp();
    page.getMap("m").set("x", 1);
    outbox.close();
    page.getMap("m").set("x", 2);
    expect(server.sent).toBe(0);

    outbox.reopen(server.missing(page));
    await server.answer();

    expect(server.doc.getMap("m").get("x")).toBe(2);
    expect(standings.at(-1)).toBe("saved");
  });

  it("does not take an answer of the old connection for one of the new", async () => {
    const { page, server, outbox, standings } = setUp();
    outbox.reopen(null);
    page.getMap("m").set("x", 1);
    outbox.close();
    outbox.reopen(Y.encodeStateAsUpdate(page));
    expect(server.sent).toBe(2);

    await server.answer();
    expect(standings.at(-1)).toBe("saving");
    await server.answer();

    expect(standings.at(-1)).toBe("saved");
  });

  it("keeps what was refused, says so, and sends it with the next edit", async () => {
    const { page, server, outbox, standings } = setUp();
    outbox.reopen(null);
    page.getMap("m").set("x", 1);
    await server.answer("refused");
    expect(standings.at(-1)).toBe("unsaved");
    expect(server.sent).toBe(1);

    page.getMap("m").set("y", 2);
    expect(standings.at(-1)).toBe("saving");
    await server.answer();

    expect(server.doc.getMap("m").toJSON()).toEqual({ x: 1, y: 2 });
    expect(standings.at(-1)).toBe("saved");
  });

  it("sends what was refused together with what was edited meanwhile, and then waits", async () => {
    const { page, server, outbox, standings } = setUp();
    outbox.reopen(null);
    page.getMap("m").set("x", 1);
    page.getMap("m").set("y", 2);

    await server.answer("refused");
    expect(server.sent).toBe(2);
    await server.answer("refused");

    expect(server.sent).toBe(2);
    expect(standings.at(-1)).toBe("unsaved");
    outbox.again();
    await server.answer();
    expect(server.doc.getMap("m").toJSON()).toEqual({ x: 1, y: 2 });
  });

  it("sends what was refused again over a new connection", async () => {
    const { page, server, outbox, standings } = setUp();
    outbox.reopen(null);
    page.getMap("m").set("x", 1);
    await server.answer("refused");
    outbox.close();

    outbox.reopen(server.missing(page));
    expect(server.sent).toBe(2);
    await server.answer();

    expect(server.doc.getMap("m").get("x")).toBe(1);
    expect(standings.at(-1)).toBe("saved");
  });

  it("keeps what was not answered for the next connection", async () => {
    const { page, server, outbox, standings } = setUp();
    outbox.reopen(null);
    page.getMap("m").set("x", 1);
    await server.answer("lost");
    expect(standings.at(-1)).toBe("saving");

    outbox.close();
    outbox.reopen(server.missing(page));
    await server.answer();

    expect(server.doc.getMap("m").get("x")).toBe(1);
  });

  it.each(["online", "offline"])("never merges into more than a message may hold (%s)", async (state) => {
    const { page, server, outbox, standings } = setUp();
    const text = "x".repeat(LARGEST_MESSAGE / 2 - 1000);
    if (state === "online") outbox.reopen(null);
    for (const key of ["a", "b", "c", "d", "e"]) page.getMap("m").set(key, text);
    if (state === "offline") outbox.reopen(server.missing(page));

    while (standings.at(-1) !== "saved") await server.answer();

    expect(Object.keys(server.doc.getMap("m").toJSON())).toHaveLength(5);
    expect(Math.max(...server.sizes)).toBeLessThanOrEqual(LARGEST_MESSAGE);
    expect(server.sent).toBe(3);
  });
});
