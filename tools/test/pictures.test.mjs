import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { publishedPackages } from "../publish/published.mjs";
import { drawnPictures } from "../pictures/bundle.mjs";

let drawn;

beforeAll(async () => void (drawn = await drawnPictures(inRoot(".cache/pictures-test.mjs"))));

describe("the pictures of the documents", () => {
  it("are what the sources draw: if not, npm run pictures", () => {
    const maps = publishedPackages().map(({ folder }) => `${folder}/map.svg`);
    const files = [
      ...readdirSync(inRoot("docs/pictures")).map((name) => `docs/pictures/${name}`),
      ...maps.filter((file) => existsSync(inRoot(file))),
    ];
    expect(files.sort()).toEqual([...drawn.keys()].sort());
    for (const [file, svg] of drawn)
      expect(readFileSync(inRoot(file), "utf8") === svg, file).toBe(true);
  });

  it("are all shown, with words for those who do not see them", () => {
    const page = readFileSync(inRoot("docs/PICTURES.md"), "utf8");
    const shown = [...page.matchAll(/!\[([^\]]+)\]\(pictures\/([^)]+)\)/g)];
    for (const file of [...drawn.keys()].filter((path) => path.startsWith("packages/"))) {
      const readme = readFileSync(inRoot(dirname(file), "README.md"), "utf8");
      const [, words] = /!\[([^\]]+)\]\(map\.svg\)/.exec(readme) ?? [];
      shown.push(["", words ?? "", file]);
    }
    const path = (file) => (file.includes("/") ? file : `docs/pictures/${file}`);
    expect(shown.map(([, , file]) => path(file)).sort()).toEqual([...drawn.keys()].sort());
    for (const [, words] of shown) expect(words.length).toBeGreaterThan(20);
  });

  it("show the shadow: firmware from ROM before, from RAM after", () => {
    const seen = (file) =>
      /<desc[^>]*>([^<]*)<\/desc>/.exec(drawn.get(`docs/pictures/${file}`))?.[1] ?? "";
    expect(seen("pc-before-shadow.svg")).toMatch(/0xf0000-0xfffff: pc\.bios, ROM/);
    expect(seen("pc-after-shadow.svg")).toMatch(/0xf0000-0xfffff: pc\.ram @0xf0000, ROM/);
  });

  it("show the overlap of the guide", () => {
    const names = (file) =>
      [
        ...(/<desc[^>]*>([^<]*)</.exec(drawn.get(`docs/pictures/${file}`))?.[1] ?? "").matchAll(
          /: (\w+)/g,
        ),
      ]
        .map(([, name]) => name)
        .join(" ");
    expect(names("overlap-container.svg")).toBe("C D C E C hole");
    expect(names("overlap-device.svg")).toBe("C D B E B hole");
  });
});
