import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { drawnPictures } from "../pictures/bundle.mjs";

const folder = inRoot("docs/pictures");
let drawn;

beforeAll(async () => void (drawn = await drawnPictures(inRoot(".cache/pictures-test.mjs"))));

describe("the pictures of the documents", () => {
  it("are what the sources draw: if not, npm run pictures", () => {
    const kept = new Map(
      readdirSync(folder).map((file) => [file, readFileSync(`${folder}/${file}`, "utf8")]),
    );
    expect([...kept.keys()].sort()).toEqual([...drawn.keys()].sort());
    for (const [file, svg] of drawn) expect(kept.get(file) === svg, file).toBe(true);
  });

  it("are all shown, with words for those who do not see them", () => {
    const page = readFileSync(inRoot("docs/PICTURES.md"), "utf8");
    const shown = [...page.matchAll(/!\[([^\]]+)\]\(pictures\/([^)]+)\)/g)];
    expect(shown.map(([, , file]) => file).sort()).toEqual([...drawn.keys()].sort());
    for (const [, words] of shown) expect(words.length).toBeGreaterThan(20);
  });

  it("show the shadow: firmware from ROM before, from RAM after", () => {
    const seen = (file) => /<desc[^>]*>([^<]*)<\/desc>/.exec(drawn.get(file))?.[1] ?? "";
    expect(seen("pc-before-shadow.svg")).toMatch(/0xf0000-0xfffff: pc\.bios, ROM/);
    expect(seen("pc-after-shadow.svg")).toMatch(/0xf0000-0xfffff: pc\.ram @0xf0000, ROM/);
  });

  it("show the overlap of the guide", () => {
    const names = (file) =>
      [...(/<desc[^>]*>([^<]*)</.exec(drawn.get(file))?.[1] ?? "").matchAll(/: (\w+)/g)]
        .map(([, name]) => name)
        .join(" ");
    expect(names("overlap-container.svg")).toBe("C D C E C hole");
    expect(names("overlap-device.svg")).toBe("C D B E B hole");
  });
});
