import { type FinalizationError, type HookError, ObjectSystem, QomObject, value } from "@mem/qom";
import { describe, expect, it } from "vitest";
import { bench, expectRule, noting } from "./support.js";

describe("references", () => {
  it("finalize the object when the last is dropped, before unref returns", () => {
    const { system, log } = bench();
    const obj = noting(system, "a", "leaf");
    obj.ref().ref();
    obj.unref();
    obj.unref();
    expect([obj.refcount, obj.finalized]).toEqual([1, false]);
    obj.unref();
    expect([obj.refcount, obj.finalized, obj.finalizing]).toEqual([0, true, false]);
    expect(log).toEqual(["init base", "init leaf", "finalize leaf", "die a", "finalize base"]);
    expectRule("unref-underflow", () => obj.unref());
  });

  it("of a parent, a link or a holder cannot be dropped by others", () => {
    const { system } = bench();
    const obj = system.root.addChild("a", noting(system, "a"));
    obj.unref();
    const error = expectRule("unref-not-yours", () => obj.unref());
    expect(error.names).toEqual(["parent / (1)"]);
    obj.ref("view");
    expectRule("unref-not-yours", () => obj.unref());
    expectRule("unref-unknown-holder", () => obj.unref("cache"));
    expect(obj.refcount).toBe(2);
    obj.unref("view");
    expectRule("unref-unknown-holder", () => obj.unref("view"));
    expect(obj.refcount).toBe(1);
    expectRule("unref-not-yours", () => system.root.unref());
    system.root.unparent();
    expect(system.root.finalized).toBe(false);
  });

  it("are dropped at the end of a using block, once", () => {
    const { system } = bench();
    const obj = noting(system, "a");
    {
      using held = obj.hold("test");
      expect([held.object, held.holder, obj.refcount]).toEqual([obj, "test", 2]);
      held.release();
      expect([held.released, obj.refcount]).toEqual([true, 1]);
    }
    expect(obj.refcount).toBe(1);
    {
      using owned = obj.own("test");
      expect([owned.object.refcount, owned.released]).toEqual([1, false]);
      expectRule("unref-not-yours", () => obj.unref());
      expectRule("unref-not-yours", () => obj.own("again"));
    }
    expect(obj.finalized).toBe(true);
  });
});

describe("unparent", () => {
  it("runs the hook while the place is still there, then drops the parent's reference", () => {
    const { system } = bench();
    const child = system.container("/p").addChild("c", noting(system, "c"));
    child.unref();
    let seen: unknown[] = [];
    child.whenUnparented = (self) => {
      self.unparent();
      seen = [self.canonicalPath(), self.parent?.describe(), system.resolve("/p/c")];
      expectRule("child-has-parent", () => system.root.addChild("x", self));
    };
    child.unparent();
    expect(seen).toEqual(["/p/c", "/p", child]);
    expect([child.finalized, child.parent, child.childName]).toEqual([true, null, null]);
    expect(system.resolve("/p/c")).toBeNull();
    child.unparent();
  });

  it("leaves an object that others hold alive, ready for another parent", () => {
    const { system } = bench();
    const child = system.container("/p").addChild("c", noting(system, "c"));
    child.unparent();
    expect([child.refcount, child.canonicalPath()]).toEqual([1, null]);
    system.root.addChild("q", child);
    expect(child.canonicalPath()).toBe("/q");
  });

  it("happens through removeProperty, too", () => {
    const { system, log } = bench();
    const child = system.root.addChild("c", noting(system, "c"));
    child.unref();
    system.root.removeProperty("c");
    expect(child.finalized).toBe(true);
    expect(log).toContain("unparent c");
  });
});

describe("the end of an object", () => {
  it("releases properties in the order they were added, then finalizes derived to base", () => {
    const { system, log } = bench();
    const owner = noting(system, "owner", "leaf");
    const target = noting(system, "target");
    const release = (name: string) => (): void => void log.push(`release ${name}`);
    owner.addProperty({ name: "one", type: value.bool, release: release("one") });
    owner.addChild("a", noting(system, "a")).unref();
    owner.addLink({ name: "to", target: "base", strong: true });
    owner.setProperty("to", target);
    target.unref();
    owner.resolve("a")?.addChild("in", noting(system, "a.in")).unref();
    owner.addProperty({ name: "two", type: value.bool, release: release("two") });
    log.length = 0;
    owner.unref();
    expect(log).toEqual([
      "release one",
      "unparent a",
      "unparent a.in",
      "die a.in",
      "finalize base",
      "die a",
      "finalize base",
      "die target",
      "finalize base",
      "release two",
      "finalize leaf",
      "die owner",
      "finalize base",
    ]);
  });

  it("runs the release hooks of class properties after the object's own", () => {
    const log: string[] = [];
    const { system } = bench([
      {
        name: "c",
        classInit: (k) =>
          void k.addProperty({
            name: "p",
            type: value.bool,
            release: () => void log.push("class"),
          }),
      },
    ]);
    const obj = system.create("c");
    obj.addProperty({ name: "q", type: value.bool, release: () => void log.push("own") });
    obj.unref();
    expect(log).toEqual(["own", "class"]);
  });

  it("lets a child that others hold live on", () => {
    const { system } = bench();
    const owner = noting(system, "owner");
    const child = owner.addChild("c", noting(system, "c"));
    owner.unref();
    expect([owner.finalized, child.finalized, child.refcount, child.parent]).toEqual([
      true,
      false,
      1,
      null,
    ]);
  });

  it("lets finalizers make, refer to and unparent other objects", () => {
    const { system, log } = bench();
    const other = system.root.addChild("other", noting(system, "other"));
    other.unref();
    const kept = noting(system, "kept");
    const owner = noting(system, "owner");
    let made: QomObject | null = null;
    owner.whenFinalized = () => {
      other.unparent();
      kept.ref();
      made = noting(system, "made");
      made.unref();
      // Whatever died here is taken apart right after this hook.
      log.push(`in hook: ${other.finalized} ${made.finalized} ${made.finalizing}`);
    };
    log.length = 0;
    owner.unref();
    expect(log).toEqual([
      "die owner",
      "unparent other",
      "init base",
      "in hook: false false true",
      "finalize base",
      "die other",
      "finalize base",
      "die made",
      "finalize base",
    ]);
    expect([kept.refcount, other.finalized, system.live.objects]).toEqual([2, true, 2]);
  });

  it("may come inside one of the object's own callbacks", () => {
    const { system } = bench();
    const obj = system.root.addChild("o", noting(system, "o"));
    obj.unref();
    obj.addProperty({ name: "eject", type: value.bool, set: () => obj.unparent() });
    obj.setProperty("eject", true);
    expect(obj.finalized).toBe(true);

    const parent = noting(system, "parent");
    const child = parent.addChild("c", noting(system, "c"));
    child.unref();
    child.whenUnparented = () => parent.unref();
    child.unparent();
    expect([parent.finalized, child.finalized]).toEqual([true, true]);
  });

  it("takes a sibling with it when a hook says so, each once", () => {
    const { system, log } = bench();
    const owner = noting(system, "owner");
    const [a, b, c] = ["a", "b", "c"].map((n) => owner.addChild(n, noting(system, n)));
    for (const each of [a, b, c]) each?.unref();
    if (a !== undefined) a.whenUnparented = () => c?.unparent();
    log.length = 0;
    owner.unref();
    expect(log.filter((line) => line.startsWith("die"))).toEqual([
      "die c",
      "die a",
      "die b",
      "die owner",
    ]);
    expect(system.live.objects).toBe(1);
  });

  it("cannot be averted", () => {
    const { system } = bench();
    const obj = noting(system, "o");
    const rules: string[] = [];
    obj.whenFinalized = (self) => {
      expectRule("ref-while-finalizing", () => self.ref());
      expectRule("ref-while-finalizing", () => self.hold("x"));
      expectRule("unref-underflow", () => self.unref());
      expectRule("use-after-finalize", () => self.addChild("c", noting(system, "c")));
      expectRule("use-after-finalize", () => system.root.addChild("o", self));
      expectRule("use-after-finalize", () => self.addProperty({ name: "p", type: value.bool }));
      rules.push(String(self.getProperty("type")));
    };
    obj.unref();
    expect(rules).toEqual(["base"]);
  });

  it("is told to the system, which counts", () => {
    const { system } = bench();
    const ended: string[] = [];
    system.onFinalize = (obj) => void ended.push(`${obj.klass.name} ${obj.finalized}`);
    const a = noting(system, "a", "leaf");
    expect(system.live).toEqual({
      objects: 2,
      created: 2,
      finalized: 0,
      byType: new Map([
        ["container", 1],
        ["leaf", 1],
      ]),
    });
    a.unref();
    expect(ended).toEqual(["leaf true"]);
    expect(system.live).toMatchObject({ objects: 1, created: 2, finalized: 1 });
  });
});

describe("deferred finalization", () => {
  it("waits for the outermost function, then keeps the order of the deaths", () => {
    const { system, log } = bench();
    const [a, b] = [noting(system, "a"), noting(system, "b")];
    log.length = 0;
    const result = system.deferFinalization(() => {
      b.unref();
      system.deferFinalization(() => a.unref());
      expect([b.finalizing, b.finalized]).toEqual([true, false]);
      expectRule("ref-while-finalizing", () => b.ref());
      return 7;
    });
    expect(result).toBe(7);
    expect(log).toEqual(["die b", "finalize base", "die a", "finalize base"]);
  });

  it("passes the function's error on, together with those of hooks", () => {
    const { system } = bench();
    const a = noting(system, "a");
    expect(() =>
      system.deferFinalization(() => {
        a.unref();
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(a.finalized).toBe(true);
    const b = noting(system, "b");
    b.whenFinalized = () => {
      throw new Error("hook");
    };
    const mine = new Error("mine");
    const error = expectRule("hooks-threw", () =>
      system.deferFinalization(() => {
        b.unref();
        throw mine;
      }),
    ) as FinalizationError;
    expect([error.errors[0], error.cause, error.errors.length]).toEqual([mine, mine, 2]);
  });
});

describe("hooks that throw", () => {
  function explosive(): { system: ObjectSystem; log: string[]; owner: QomObject } {
    const { system, log } = bench([
      {
        name: "bomb",
        parent: "base",
        instanceFinalize() {
          throw new Error("type hook");
        },
      },
    ]);
    const boom = (text: string) => (): never => {
      throw new Error(text);
    };
    const owner = noting(system, "owner", "bomb");
    owner.whenFinalized = boom("js hook");
    owner.addProperty({ name: "r1", type: value.bool, release: boom("release 1") });
    const child = owner.addChild("c", noting(system, "c"));
    child.unref();
    child.whenUnparented = boom("unparent");
    owner.addProperty({ name: "r2", type: value.bool, release: boom("release 2") });
    log.length = 0;
    return { system, log, owner };
  }
  const all = ["release 1", "unparent", "release 2", "type hook", "js hook"];

  it("do not keep the others from running; the errors come at the end, together", () => {
    const { system, log, owner } = explosive();
    const error = expectRule("hooks-threw", () => owner.unref()) as FinalizationError;
    expect(error.errors.map((e) => (e as HookError).cause)).toEqual(all.map((t) => new Error(t)));
    expect((error.errors[0] as HookError).hook).toBe("release of 'r1'");
    expect(log).toEqual(["unparent c", "die c", "finalize base", "die owner", "finalize base"]);
    expect([owner.finalized, system.live.objects]).toEqual([true, 1]);
    // Nothing lingers.
    noting(system, "next").unref();
  });

  it("go to the system's handler when there is one", () => {
    const { system, owner } = explosive();
    const seen: HookError[] = [];
    system.onHookError = (error) => void seen.push(error);
    expect(system.onHookError).not.toBeNull();
    owner.unref();
    expect(seen.map((e) => (e.cause as Error).message)).toEqual(all);
    expect(seen[1]?.path).toMatch(/\/c$/);
  });

  it("and a handler that throws itself loses nothing", () => {
    const { system, owner } = explosive();
    system.onHookError = () => {
      throw new Error("handler");
    };
    const error = expectRule("hooks-threw", () => owner.unref()) as FinalizationError;
    expect(error.errors).toHaveLength(2 * all.length);
    expect(owner.finalized).toBe(true);
  });

  it("still let unparent finish", () => {
    const { system } = bench();
    const child = system.root.addChild("c", noting(system, "c"));
    child.whenUnparented = () => {
      throw new Error("no");
    };
    expectRule("hooks-threw", () => child.unparent());
    expect([child.parent, child.refcount, system.resolve("/c")]).toEqual([null, 1, null]);
  });
});

describe("size", () => {
  // Some ten times as many calls as fit on the stack.
  const N = 40_000;

  it("40,000 nested children die without recursion", () => {
    const system = new ObjectSystem();
    const top = system.createChild(system.root, "top", "container");
    let at = top;
    for (let i = 0; i < N; i++) at = system.createChild(at, "c", "container");
    expect(at.canonicalPath()?.length).toBe("/top".length + 2 * N);
    expect(system.lookup("nowhere").object).toBeNull();
    top.unparent();
    expect(system.live.objects).toBe(1);
    expect(at.finalized).toBe(true);
  });

  it("a chain of 40,000 finalizers that each drop the next dies without recursion", () => {
    const { system } = bench();
    system.types.register({ name: "link", construct: (init) => new Chained(init) });
    const first = system.build("link", (init) => new Chained(init));
    let last = first;
    for (let i = 0; i < N; i++) {
      last.next = system.build("link", (init) => new Chained(init));
      last = last.next;
    }
    first.unref();
    expect([last.finalized, system.live.objects]).toEqual([true, 1]);
  });

  it("a chain of 40,000 weak links' owners dies without recursion", () => {
    const { system } = bench();
    const nodes = Array.from({ length: N }, () => system.create("container"));
    nodes.forEach((node, i) => {
      node.addLink({
        name: "prev",
        target: "container",
        changed: (_obj, target) => (target === null ? node.unref() : undefined),
      });
      const previous = nodes[i - 1];
      if (previous !== undefined) node.setProperty("prev", previous);
    });
    nodes[0]?.unref();
    expect(system.live.objects).toBe(1);
  });

  it("40,000 children of one parent come and go in linear time", () => {
    const system = new ObjectSystem();
    const parent = system.container("/p");
    for (let i = 0; i < N; i++) system.createChild(parent, "c[*]", "container");
    expect(system.resolve(`/p/c[${N - 1}]`)).not.toBeNull();
    parent.unparent();
    expect(system.live.objects).toBe(1);
  });
});

class Chained extends QomObject {
  next: Chained | null = null;
  protected override onFinalize(): void {
    this.next?.unref();
  }
}

describe("misuse changes nothing", () => {
  it("adding children wrongly", () => {
    const { system } = bench();
    const parent = system.container("/p");
    const a = parent.addChild("a", noting(system, "a"));
    const b = a.addChild("b", noting(system, "b"));
    const orphan = noting(system, "orphan");
    expectRule("child-has-parent", () => parent.addChild("b", b));
    expectRule("property-duplicate", () => parent.addChild("a", orphan));
    expectRule("property-duplicate", () => parent.addChild("type", orphan));
    expectRule("property-name", () => parent.addChild("x/y", orphan));
    expectRule("property-name", () => parent.addChild("", orphan));
    expectRule("composition-cycle", () => orphan.addChild("self", orphan));
    expectRule("composition-cycle", () => b.addChild("root", system.root));
    orphan.addChild("in", noting(system, "in"));
    expectRule("composition-cycle", () => orphan.resolve("in")?.addChild("up", orphan));
    expectRule("foreign-object", () => parent.addChild("f", noting(bench().system, "f")));
    expect([...parent.children()]).toEqual([a]);
    expect([orphan.refcount, orphan.parent, b.refcount]).toEqual([1, null, 2]);
    const lone = new ObjectSystem();
    expectRule("composition-cycle", () => lone.create("container").addChild("root", lone.root));
  });

  it("using what is finalized", () => {
    const { system } = bench();
    const dead = noting(system, "dead");
    dead.addProperty({ name: "p", type: value.bool });
    dead.unref();
    const calls: (() => unknown)[] = [
      () => dead.ref(),
      () => dead.hold("x"),
      () => dead.addChild("c", noting(system, "c")),
      () => dead.addProperty({ name: "q", type: value.bool }),
      () => dead.addLink({ name: "q", target: "base" }),
      () => dead.addAlias({ name: "q", target: system.root, targetName: "type" }),
      () => dead.removeProperty("p"),
      () => dead.getProperty("p"),
      () => dead.setProperty("p", true),
      () => dead.setPropertyText("p", "on"),
      () => system.root.addChild("dead", dead),
    ];
    for (const call of calls) {
      const error = expectRule("use-after-finalize", call);
      expect(error.path).toMatch(/^#\d+ \(base\)$|^\/$/);
    }
    dead.unparent();
    expect([...dead.properties()].map((p) => p.name)).toEqual(["type"]);
  });
});
