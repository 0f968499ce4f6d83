import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { Outbox } from "./outbox";

/** A server that acknowledges when it is told to. */
class SlowServer {
  readonly doc = new Y.Doc();
  sent = 0;
  private acknowledge: ((taken: boolean) => void)[] = [];

  send = (update: Uint8Array): Promise<boolean> => {
    this.sent += 1;
    Y.applyUpdate(this.doc, update);
    return new Promise((done) => this.acknowledge.push(done));
  };

  async answer(): Promise<void> {
    this.acknowledge.shift()?.(true);
    await new Promise((done) => setTimeout(done, 0));
  }
}

function setUp(): { page: Y.Doc; server: SlowServer; outbox: Outbox; pending: boolean[] } {
  const page = new Y.Doc();
  const server = new SlowServer();
  const pending: boolean[] = [];
  const outbox = new Outbox(server.send, (now) => pending.push(now));
  page.on("update", (update: Uint8Array) => outbox.put(update));
  return { page, server, outbox, pending };
}

describe("the outbox", () => {
  it("keeps one update on its way and merges those that wait", async () => {
    const { page, server, outbox, pending } = setUp();
    outbox.reopen(null);

    for (const value of [1, 2, 3]) page.getMap("m").set("x", value);
    expect(server.sent).toBe(1);
    await server.answer();
    expect(server.sent).toBe(2);
    await server.answer();

    expect(server.doc.getMap("m").get("x")).toBe(3);
    expect(pending.at(-1)).toBe(false);
  });

  it("keeps what was not acknowledged over a lost connection", async () => {
    const { page, server, outbox, pending } = setUp();
    page.getMap("m").set("x", 1);
    outbox.close();
    page.getMap("m").set("x", 2);
    expect(server.sent).toBe(0);

    outbox.reopen(Y.encodeStateAsUpdate(page, Y.encodeStateVector(server.doc)));
    await server.answer();

    expect(server.doc.getMap("m").get("x")).toBe(2);
    expect(pending.at(-1)).toBe(false);
  });

  it("does not take an answer of the old connection for one of the new", async () => {
    const { page, server, outbox, pending } = setUp();
    outbox.reopen(null);
    page.getMap("m").set("x", 1);
    outbox.close();
    outbox.reopen(Y.encodeStateAsUpdate(page));
    expect(server.sent).toBe(2);

    await server.answer();
    expect(pending.at(-1)).toBe(true);
    await server.answer();

    expect(pending.at(-1)).toBe(false);
  });
});
