import { ObjectSystem, QomError, type QomObject } from "@mem/qom";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** The naive model: what the rules say, with no thought for speed. */
interface Node {
  plain: number;
  held: number;
  parent: number | null;
  strong: Set<number>;
  dead: boolean;
}

class Model {
  readonly nodes: Node[] = [];

  create(): void {
    this.nodes.push({ plain: 1, held: 0, parent: null, strong: new Set(), dead: false });
  }

  refs(i: number): number {
    const node = this.at(i);
    if (node.dead) return 0;
    const links = this.nodes.filter((n) => !n.dead && n.strong.has(i)).length;
    return node.plain + node.held + (node.parent === null ? 0 : 1) + links;
  }

  at(i: number): Node {
    const node = this.nodes[i];
    if (node === undefined) throw new Error(`no node ${i}`);
    return node;
  }

  isAncestor(a: number, of: number | null): boolean {
    return of !== null && (of === a || this.isAncestor(a, this.at(of).parent));
  }

  /** Lets everything die that nothing holds, again and again until nothing changes. */
  settle(): void {
    for (let again = true; again;) {
      again = false;
      this.nodes.forEach((node, i) => {
        if (node.dead || this.refs(i) > 0) return;
        node.dead = true;
        node.strong.clear();
        for (const child of this.nodes) if (child.parent === i) child.parent = null;
        again = true;
      });
    }
  }
}

const index = fc.nat({ max: 7 });
const op = fc.oneof(
  fc.record({ op: fc.constant("create" as const), a: index, b: index }),
  fc.record({ op: fc.constant("ref" as const), a: index, b: index }),
  fc.record({ op: fc.constant("unref" as const), a: index, b: index }),
  fc.record({ op: fc.constant("hold" as const), a: index, b: index }),
  fc.record({ op: fc.constant("drop" as const), a: index, b: index }),
  fc.record({ op: fc.constant("addChild" as const), a: index, b: index }),
  fc.record({ op: fc.constant("unparent" as const), a: index, b: index }),
  fc.record({ op: fc.constant("link" as const), a: index, b: index }),
  fc.record({ op: fc.constant("unlink" as const), a: index, b: index }),
);

/** Performs the operation on the model; false when the rules refuse it. */
function predict(model: Model, kind: string, a: number, b: number): boolean {
  const [x, y] = [model.at(a), model.at(b)];
  switch (kind) {
    case "ref":
    case "hold":
      if (x.dead) return false;
      if (kind === "ref") x.plain++;
      else x.held++;
      return true;
    case "unref":
      if (x.plain === 0 || x.dead) return false;
      x.plain--;
      return true;
    case "drop":
      if (x.held === 0 || x.dead) return false;
      x.held--;
      return true;
    case "addChild":
      if (x.dead || y.dead || y.parent !== null || model.isAncestor(b, a)) return false;
      y.parent = a;
      return true;
    case "unparent":
      y.parent = null;
      return true;
    case "link":
      if (x.dead || y.dead) return false;
      x.strong.add(b);
      return true;
    case "unlink":
      if (x.dead) return false;
      return x.strong.delete(b) || true;
    default:
      throw new Error(kind);
  }
}

function perform(objects: QomObject[], kind: string, a: number, b: number): void {
  const [x, y] = [objects[a], objects[b]];
  if (x === undefined || y === undefined) throw new Error("no such object");
  const link = `to${b}`;
  switch (kind) {
    case "ref":
      return void x.ref();
    case "unref":
      return x.unref();
    case "hold":
      return void x.ref("h");
    case "drop":
      return x.unref("h");
    case "addChild":
      return void x.addChild(`c${b}`, y);
    case "unparent":
      return y.unparent();
    case "link":
      if (x.findProperty(link) === null) x.addLink({ name: link, target: "object", strong: true });
      return x.setProperty(link, y);
    case "unlink":
      if (x.finalized) return void x.ref();
      if (x.findProperty(link) !== null) x.setProperty(link, null);
  }
}

describe("random lives", () => {
  it("agree with the naive model after every step", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 60 }), (ops) => {
        const system = new ObjectSystem();
        const ended = new Map<QomObject, number>();
        system.onFinalize = (obj) => void ended.set(obj, (ended.get(obj) ?? 0) + 1);
        const model = new Model();
        const objects: QomObject[] = [];
        for (const { op: kind, a, b } of ops) {
          if (kind === "create") {
            model.create();
            objects.push(system.create("container"));
            continue;
          }
          if (objects.length === 0) continue;
          // Wraps around what there is, the newest eight.
          const base = Math.max(0, objects.length - 8);
          const [i, j] = [a, b].map((n) => base + (n % (objects.length - base))) as [
            number,
            number,
          ];
          const allowed = predict(model, kind, i, j);
          let refused = false;
          try {
            perform(objects, kind, i, j);
          } catch (error) {
            if (!(error instanceof QomError)) throw error;
            refused = true;
          }
          model.settle();
          expect(refused, `${kind} ${i} ${j}`).toBe(!allowed);
          objects.forEach((obj, n) => {
            const node = model.at(n);
            expect([n, obj.finalized, obj.refcount]).toEqual([n, node.dead, model.refs(n)]);
            const parent = node.parent === null ? null : objects[node.parent];
            expect(obj.parent).toBe(parent);
            expect(ended.get(obj) ?? 0).toBe(node.dead ? 1 : 0);
          });
        }
        const live = model.nodes.filter((n) => !n.dead).length;
        expect(system.live.objects).toBe(live + 1);
        for (const { refcount, holders } of system.leaks({ all: true })) {
          expect(holders.reduce((sum, { count }) => sum + count, 0)).toBe(refcount);
        }
      }),
      { numRuns: 300 },
    );
  });
});
