import { describe, expect, it } from "vitest";
import { withVersion } from "../publish/changelog.mjs";

describe("the changelog", () => {
  const change = (kind, summary) => ({ packages: { "@mem/core": kind }, summary });

  it("puts what breaks first, and newer versions above older ones", () => {
    const first = withVersion("", "0.1.0", "2030-01-02", [change("minor", "A bus.")]);
    const changes = [change("patch", "A leak."), change("major", "A name.")];
    const text = withVersion(first, "1.0.0", "2031-01-02", changes);
    const found = [...text.matchAll(/^(## \S+|### .*|A .*)/gm)].map(([line]) => line);
    expect(found).toEqual([
      ...["## 1.0.0", "### What breaks", "A name.", "### Mended", "A leak."],
      ...["## 0.1.0", "### New", "A bus."],
    ]);
    expect(text.startsWith("# Changelog\n")).toBe(true);
    expect(text.match(/^# /gm)).toHaveLength(1);
  });
});
