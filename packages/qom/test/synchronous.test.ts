import { NotSynchronousError, ObjectSystem, PropertyValueError, value } from "@mem/qom";
import { describe, expect, it } from "vitest";

/** Lets the event loop turn. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

describe("deferFinalization", () => {
  it("refuses an async function and a generator before they are called", () => {
    const system = new ObjectSystem();
    let calls = 0;
    const later = async (): Promise<void> => void calls++;
    const steps = function* (): Generator<number> {
      yield calls++;
    };
    for (const work of [later, steps]) {
      expect(() => system.deferFinalization<unknown>(work)).toThrow(NotSynchronousError);
    }
    expect(calls).toBe(0);
  });

  it("says so when another function answers a promise, and what it dropped has ended", async () => {
    const system = new ObjectSystem();
    const timer = system.create("container");
    const work = (): Promise<void> => {
      timer.unref();
      return Promise.reject(new Error("later"));
    };
    expect(() => system.deferFinalization(work)).toThrow(NotSynchronousError);
    expect(timer.finalized).toBe(true);
    await turn();
  });
});

describe("a property", () => {
  const make = (hooks: { get?: () => never; set?: () => never }) => {
    const obj = new ObjectSystem().create("container");
    obj.addProperty({ name: "level", type: value.uint(8), ...hooks });
    return obj;
  };

  it.each([
    ["a promise", Promise.resolve(1)],
    ["text", "1"],
    ["more", 1000],
    ["nothing", undefined],
  ])("whose getter answers %s cannot be read", (_, answer) => {
    const obj = make({ get: () => answer as never });
    expect(() => obj.getProperty("level")).toThrow(PropertyValueError);
    expect(() => obj.getProperty("level")).toThrow(/has a getter that answers something else/);
  });

  it("whose setter answers a promise says so, and the promise is heard", async () => {
    const obj = make({ set: () => Promise.reject(new Error("later")) as never });
    expect(() => obj.setProperty("level", 1)).toThrow(/has a setter that answers a promise/);
    await turn();
  });
});
