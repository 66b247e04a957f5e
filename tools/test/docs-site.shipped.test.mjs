import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deadLinks, htmlPages } from "../docs/links.mjs";
import { documents, guides, packageReadmes } from "../docs/pages.mjs";
import { buildSite } from "../docs/site.mjs";
import { missing, openPage } from "../playground/open-page.mjs";

const folder = mkdtempSync(join(tmpdir(), "mem-docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the site", () => {
  const site = join(folder, "site");
  let complaints;
  beforeAll(async () => {
    complaints = await buildSite(site);
  });

  it("is built without a complaint", () => expect(complaints).toEqual([]));

  it("holds every guide, document and package", () => {
    const titles = htmlPages(site).map(
      (page) => /<title>(.*?)( \| Mem)?<\/title>/.exec(readFileSync(page, "utf8"))?.[1],
    );
    const expected = [...guides(), ...documents()].map(({ title }) => title);
    expect(guides().length).toBeGreaterThan(5);
    for (const title of [...expected, ...packageReadmes().map(({ name }) => name)]) {
      expect(titles).toContain(title.replaceAll("'", "&#39;"));
    }
  });

  it("links every class and function to its source", () => {
    const pages = htmlPages(site).filter((page) => /[\\/](classes|functions)[\\/]/.test(page));
    expect(pages.length).toBeGreaterThan(100);
    const without = pages.filter(
      (page) => !/Defined in <a href="[^"]+\.ts(\.html)?#L\d+/.test(readFileSync(page, "utf8")),
    );
    expect(without).toEqual([]);
  });

  it("has browsers ask for no icon", () => {
    const asking = htmlPages(site).filter(
      (page) => !/<link rel="icon" href="data:,"/.test(readFileSync(page, "utf8")),
    );
    expect(asking).toEqual([]);
  });

  it("is read in a browser without a complaint", async (context) => {
    context.skip(missing !== undefined, missing);
    const tab = await openPage(site, { base: "/docs/" });
    try {
      const isGuide = (page) => /<title>Banks, mirrors/.test(readFileSync(page, "utf8"));
      const guide = relative(site, htmlPages(site).find(isGuide)).replaceAll("\\", "/");
      for (const place of ["", guide]) {
        await tab.page.goto(`${tab.address}${place}`);
        await tab.page.locator("h1").first().waitFor();
      }
      expect(tab.complaints).toEqual([]);
    } finally {
      await tab.close();
    }
  });

  it("has no dead link", () => expect(deadLinks(site)).toEqual([]));
});
