import { CallbackList } from "@mem/core/plumbing";
import { expect, it } from "vitest";

it("calls in order, and in front of whom one asks for", () => {
  const list = new CallbackList<string>();
  list.add("b");
  list.add("d");
  list.add("c", (other) => other > "c");
  list.add("a", () => true);
  const seen: string[] = [];
  list.each((name) => seen.push(name));
  expect([seen.join(""), list.size, list.find("c")?.callback]).toEqual(["abcd", 4, "c"]);
});

it("does not call who is taken back in the round under way, nor who is added in it", () => {
  const list = new CallbackList<() => void>();
  const seen: string[] = [];
  const first = list.add(() => {
    seen.push("first");
    second[Symbol.dispose]();
    first[Symbol.dispose]();
    list.add(() => seen.push("added"));
  });
  const second = list.add(() => seen.push("second"));
  list.add(() => seen.push("third"));
  list.each((call) => call());
  expect(seen).toEqual(["first", "third"]);
  expect([first.active, second.active, list.size]).toEqual([false, false, 2]);
  list.each((call) => call());
  expect(seen.slice(2)).toEqual(["third", "added"]);
});

it("holds in rounds inside rounds", () => {
  const list = new CallbackList<() => void>();
  const seen: string[] = [];
  let depth = 0;
  list.add(() => {
    if (depth++ > 0) return second[Symbol.dispose]();
    list.add(() => seen.push("new"));
    list.each((call) => call());
  });
  const second = list.add(() => seen.push("second"));
  list.each((call) => call());
  // The inner round has the new one; the outer began before it came.
  expect(seen).toEqual(["new"]);
});

it("takes back once, the same callback as often as it was added, and all at once", () => {
  const list = new CallbackList<() => void>();
  let calls = 0;
  const callback = (): void => void calls++;
  const entry = list.add(callback);
  list.add(callback);
  entry[Symbol.dispose]();
  entry[Symbol.dispose]();
  list.each((call) => call());
  list.clear();
  list.each((call) => call());
  expect([calls, list.size]).toEqual([1, 0]);
});

it("calls all though some throw, where the caller wants that", () => {
  const list = new CallbackList<() => void>();
  const errors: unknown[] = [];
  let calls = 0;
  list.add(() => {
    throw new Error("no");
  });
  list.add(() => void calls++);
  expect(() => list.each((call) => call())).toThrow("no");
  list.eachGuarded(
    (call) => call(),
    (error) => errors.push(error),
  );
  expect([calls, errors]).toEqual([1, [new Error("no")]]);
});
