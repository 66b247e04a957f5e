import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeSite, missing, openPage } from "../playground/open-page.mjs";
import { inRoot } from "../bootstrap/paths.mjs";

const budget = JSON.parse(readFileSync(inRoot("apps/playground/budget.json"), "utf8"));
const testDisk = () => readFileSync(inRoot("apps/pc-machine/firmware/testdisk/testdisk.bin"));

let site;
let tab;
let page;

// One browser and one tab for all: what a test needs of the page, the test before has left.
beforeAll(async () => {
  site = await makeSite();
  if (missing !== undefined) return;
  // Any folder of any server will do.
  tab = await openPage(site.folder, { base: "/some/folder/", guests: guestsOf(site.folder) });
  ({ page } = tab);
}, 300_000);
afterAll(async () => {
  await tab?.close();
  site?.remove();
});

/** Folder of Linux for the page, which need not be there. */
const guestsOf = (folder) => join(folder, "made-guests");
const checkShown = (selector, text) => tab.shown(selector, text);
const checkLooks = async () => {
  const { scrollWidth, clientWidth } = await tab.widths();
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
  expect(await tab.faultsOfLooks()).toEqual([]);
};

describe("the site", () => {
  it("is no larger than its budget, compressed", () => {
    const files = readdirSync(join(site.folder, "assets"));
    const bytes = (wanted) =>
      files
        .filter(wanted)
        .reduce(
          (sum, name) => sum + gzipSync(readFileSync(join(site.folder, "assets", name))).length,
          0,
        );
    const ofPc = bytes((name) => !name.startsWith("lesson"));
    const ofLessons = bytes((name) => !name.startsWith("machine-") && !name.startsWith("index"));
    expect(ofPc).toBeLessThan(budget.pc);
    expect(ofLessons).toBeLessThan(budget.lessons);
  });
});

describe("the page's sources", () => {
  it("have the types that they say", () => {
    const { stdout } = spawnSync(
      process.execPath,
      [inRoot("tools/node_modules/tsc/bin/tsc"), "-b", inRoot("apps/playground")],
      { encoding: "utf8" },
    );
    expect(stdout).toBe("");
  });
});

describe("the PC's page, in Chromium", () => {
  beforeEach((context) => context.skip(missing !== undefined, missing));

  it("boots the tour, on the console and on the screen", async () => {
    await page.goto(tab.address);
    await tab.prompt();
    expect(await tab.serialText()).toContain("tour: 18 ok, 0 FAIL");
    const lit = await page.evaluate(() => {
      const canvas = document.querySelector("canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value, at) => at % 4 !== 3 && value > 100).length;
    });
    expect(lit).toBeGreaterThan(1000);
    await tab.spot("vga.vram").waitFor();
    await tab.shoot("tour");
  });

  it("answers what is typed at the prompt", async () => {
    await tab.type("w 500 a5\nd 500 1\n");
    await page.waitForFunction(() => /00000500.*a5/i.test(globalThis.memSerialText()));
    expect(await tab.serialText()).toMatch(/> d 500 1/);
  });

  it("shows that a BAR moves", async () => {
    expect(await tab.spot("vga.vram").getAttribute("title")).toContain("0xe0000000");
    await tab.type("ol cf8 80001010\nol cfc e8000000\n");
    await page.waitForFunction(() =>
      document.querySelector('.spot[data-name="vga.vram"]')?.title.includes("0xe8000000"),
    );
    await page.locator(".spot.changed").first().waitFor();
    await page.locator("summary", { hasText: "Changes of the map" }).click();
    expect(await page.locator(".changes li").first().innerText()).toContain("+ 0xe8000000");
    await tab.shoot("bar-moved");
    await page.keyboard.press("Escape");
  });

  it("explains what is clicked, with what lies beneath", async () => {
    await tab.spot("vga-lowmem").click();
    await page.locator(".answer h3", { hasText: "0xa0000 in cpu-memory-0: vga-lowmem" }).waitFor();
    expect(await page.locator(".answer .beneath").innerText()).toContain("pc.ram + 0xa0000");
    await page.locator(".answer").scrollIntoViewIfNeeded();
    await tab.shoot("explain");
  });

  it("counts accesses, and stops at a break", async () => {
    await page.getByLabel("Table").check();
    await page.locator("td .counts", { hasText: "/" }).first().waitFor();
    await page.locator("summary", { hasText: "Break on a range" }).click();
    await page.locator("#break-start").fill("600");
    await page.locator("#break-last").fill("60f");
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await page.locator(".breaks li", { hasText: "0x600" }).waitFor();
    await tab.type("d");
    await page.locator("#state", { hasText: "a break was hit" }).waitFor();
    expect(await page.locator(".hit").innerText()).toMatch(/Break 1: write.* at 0x600/);
    await page.getByRole("button", { name: "Remove: 0x600" }).click();
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await page.locator("#state", { hasText: "after one instruction" }).waitFor();
    await page.getByRole("button", { name: "Start" }).click();
    await page.locator("#state", { hasText: "Running" }).waitFor();
    await page.getByLabel("Picture").check();
  });

  it("draws graphics, from what is written alone", async () => {
    await page.locator(".xterm-helper-textarea").focus();
    for (const [index, value] of [
      ["1", "140"],
      ["2", "f0"],
      ["3", "20"],
      ["4", "41"],
    ]) {
      await page.keyboard.type(`ow 1ce ${index}\now 1cf ${value}\n`);
    }
    await page.waitForFunction(() => document.querySelector("canvas").width === 320);
    await page.keyboard.type("w e8000000 10 80 f0\n");
    await page.waitForFunction(() => {
      const [r, g, b] = document
        .querySelector("canvas")
        .getContext("2d")
        .getImageData(0, 0, 1, 1).data;
      return r === 0xf0 && g === 0x80 && b === 0x10;
    });
    expect(await page.locator("canvas").getAttribute("height")).toBe("240");
  });

  it("stops at the next change of the map, where the firmware shadows itself", async () => {
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator("#state", { hasText: "you paused it" }).waitFor();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByLabel("Part").selectOption("a0000 to fffff");
    await tab.shoot("pam-before");
    for (let round = 0; ; round++) {
      expect(round).toBeLessThan(200);
      await page.getByRole("button", { name: "Next change" }).click();
      await page.locator("#state", { hasText: "the map has changed" }).waitFor();
      await page.waitForTimeout(150);
      const shown = await page.locator(".spots .spot[title*='0xf0000-0xfffff']").first();
      const title = (await shown.count()) > 0 ? await shown.getAttribute("title") : "";
      if (/pc\.ram/.test(title)) break;
    }
    await tab.shoot("pam-after");
    await page.getByLabel("Part").selectOption("everything");
    await page.getByRole("button", { name: "Start" }).click();
  });

  it("boots a disk that is dropped", async () => {
    const bytes = [...testDisk()];
    const data = await page.evaluateHandle((contents) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(contents)], "testdisk.bin"));
      return transfer;
    }, bytes);
    await page.dispatchEvent("body", "drop", { dataTransfer: data });
    await checkShown(".media li", "Disk: testdisk.bin");
    await tab.serialHas("testdisk: started");
    await tab.shoot("disk");
  });

  it("keeps RAM and disks over a reload", async () => {
    await page.locator("summary", { hasText: "Set up" }).click();
    await page.getByRole("button", { name: "Save state" }).click();
    await page.locator("#state", { hasText: "are saved" }).waitFor();
    await page.reload();
    await tab.prompt();
    await page.locator("summary", { hasText: "Set up" }).click();
    await page.getByRole("button", { name: "Restore state" }).click();
    await checkShown(".media li", "testdisk.bin");
    await tab.serialHas("testdisk: started");
    await page.getByRole("button", { name: "Remove testdisk.bin" }).click();
    await tab.nextPrompt("testdisk: started");
  });

  it("keeps them in a file, which is dropped to go on", async () => {
    await tab.type("w 234560 5c\nd 234560 1\n");
    await page.waitForFunction(() => /00234560[^\n]*5c/i.test(globalThis.memSerialText()));
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save to a file" }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe("machine.memstate");
    await page.locator("#state", { hasText: "saved in a file" }).waitFor();
    const path = join(site.folder, "kept.memstate");
    await saved.saveAs(path);
    await tab.type("w 234560 11\n");
    await tab.serialHas("> w 234560 11");
    await page.locator("#files").setInputFiles(path);
    await tab.nextPrompt("> w 234560 11");
    await tab.type("d 234560 1\n");
    await page.waitForFunction(() => /00234560[^\n]*5c/i.test(globalThis.memSerialText()));
    await page.locator("#files").setInputFiles({
      name: "broken.memstate",
      mimeType: "application/octet-stream",
      buffer: readFileSync(path).subarray(0, 1000),
    });
    await checkShown("#trouble", "broken.memstate: this is no state that the page saved");
  });

  it("says why a machine cannot be", async () => {
    await page.locator("#devices").fill("no-such-thing");
    await page.getByRole("button", { name: "Power cycle" }).click();
    await page.locator("#trouble", { hasText: "no-such-thing" }).waitFor();
    await page.locator("#devices").fill("edu");
    await page.getByRole("button", { name: "Power cycle" }).click();
    await page.locator("#trouble").waitFor({ state: "hidden" });
    await tab.serialHas("1234:11e8");
    await tab.prompt();
    expect(await tab.serialText()).toContain("18 ok, 0 FAIL");
  });

  it("has as much memory as -m says", async () => {
    await page.goto(tab.address);
    await tab.prompt();
    await page.locator("summary", { hasText: "Set up" }).click();
    expect(await tab.serialText()).toContain("low RAM ends at 04000000");
    await page.locator("#memory").selectOption("16 MiB");
    await tab.serialHas("low RAM ends at 01000000");
    await tab.prompt();
    expect(await tab.serialText()).toContain("18 ok, 0 FAIL");
    await page.locator("#memory").selectOption("64 MiB");
    await tab.serialHas("low RAM ends at 04000000");
    await tab.prompt();
  });

  it("runs no faster than it is told to, and says how fast it is", async () => {
    const speed = page.locator("#speed");
    /** Instructions a second, as the page says them. */
    const told = async () => {
      const [, digits, unit] =
        /^([\d.]+) ?([kMG]?) instructions a second/.exec(await speed.innerText()) ?? [];
      return Number(digits) * { "": 1, k: 1e3, M: 1e6, G: 1e9 }[unit];
    };
    const limit = page.locator("#controls label", { hasText: "Speed" }).locator("select");
    await limit.selectOption("1,000 a second");
    await page.getByLabel("show the speed").check();
    await tab.shown("#speed", "instructions a second");
    // The first line may count what ran before the limit.
    const first = await speed.innerText();
    await page.waitForFunction(
      (text) => document.querySelector("#speed").textContent !== text,
      first,
    );
    expect(await told()).toBeLessThanOrEqual(1300);
    await limit.selectOption("full speed");
    await page.getByLabel("show the speed").uncheck();
    await speed.waitFor({ state: "hidden" });
  });

  it("is used by keyboard alone", async () => {
    // Tab begins where was clicked last: at the head of the page.
    await page.evaluate(() => scrollTo(0, 0));
    await page.mouse.click(1, 1);
    const reached = new Set();
    for (let press = 0; press < 60; press++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const { activeElement: at } = document;
        return at?.getAttribute("aria-label") || at?.id || at?.textContent || "";
      });
      if (reached.has(`${name} ${press}`)) break;
      reached.add(name);
      if (name.endsWith("Explain") && name.includes("0x0-")) break;
    }
    expect([...reached][0]).toBe("The PC");
    const last = await page.evaluate(() => document.activeElement?.className ?? "");
    expect(last).toContain("spot");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator(".answer h3", { hasText: "vga-lowmem" }).waitFor();
  });

  it.each([
    ["light", 1440, 1000],
    ["dark", 1440, 1000],
    ["dark", 2560, 1300],
    ["light", 320, 700],
  ])("has names, contrast and no overflow: %s, %i pixels", async (colorScheme, width, height) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height });
    // A narrow page begins with the table.
    if (width < 640) await page.goto(tab.address);
    await tab.prompt();
    // The map is drawn where it is seen: on a phone, further down.
    await page.locator("#map").scrollIntoViewIfNeeded();
    await page
      .locator(width < 640 ? ".table tr button" : ".spot")
      .first()
      .waitFor();
    if (!(await page.locator("#devices").isVisible())) {
      await page.locator("summary", { hasText: "Set up" }).click();
    }
    await checkLooks();
    await tab.shoot(`pc-${colorScheme}-${width}`, { fullPage: true });
  });
});

describe("Linux on the page, in Chromium", () => {
  let absent = missing;
  beforeAll(() => {
    if (absent !== undefined) return;
    const guests = guestsOf(site.folder);
    const words = ["start", "linux", "--guest", guests];
    const { stderr } = spawnSync(process.execPath, [inRoot("tools/run.mjs"), ...words], {
      encoding: "utf8",
    });
    if (!existsSync(join(guests, "manifest.json"))) absent = stderr.trim().split("\n").at(-1);
  }, 300_000);

  it("boots from the folder beside the page to a shell", async (context) => {
    context.skip(absent !== undefined, `Linux cannot be had: ${absent}`);
    await page.setViewportSize({ width: 1440, height: 1000 });
    await page.goto(tab.address);
    await page.getByRole("button", { name: /^Boot Linux/ }).click();
    await tab.serialHas("mem:/root#");
    await tab.type("echo $((6 * 7)); uname -s -m\n");
    await tab.serialHas("Linux i686");
    expect(await tab.serialText()).toMatch(/^42\s*$/m);
    await tab.shoot("linux");
  });
});

describe("the lessons, in Chromium", () => {
  beforeEach((context) => context.skip(missing !== undefined, missing));

  const program = () => page.locator(".cm-content");
  const open = async (hash) => {
    await page.goto(`${tab.address}lesson.html#${hash}`);
    await page.locator(".spot").first().waitFor();
  };
  const names = () =>
    page
      .locator('.spots[aria-label^="Flat"] .spot')
      .evaluateAll((spots) => spots.map((each) => each.dataset.name.split(" ")[0]).join(" "));

  it("show who is seen, and follow what is typed", async () => {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
    await page.setViewportSize({ width: 1440, height: 900 });
    await open("lesson=overlap");
    expect(await names()).toBe("C D C E C (nothing)");
    await program().getByText("const B = machine.container").click();
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+End");
    await page.keyboard.type('const B = device("B", 0x4000);');
    await expect.poll(names, { timeout: 60_000 }).toBe("C D B E B (nothing)");
  });

  it("show errors at their line, and go on once they are mended", async () => {
    await program().getByText("machine.addressSpace").click();
    await page.keyboard.press("Home");
    await page.keyboard.type("A.addSubregion(0, A);\n");
    await page.locator("#trouble", { hasText: "Line 16: TopologyError" }).waitFor();
    expect(await page.locator(".trouble-line").innerText()).toContain("A.addSubregion(0, A)");
    await tab.shoot("lesson-error");
    await page.keyboard.type("const = 1;\n");
    await page.locator("#trouble", { hasText: "Line 17" }).waitFor();
    for (let press = 0; press < 2; press++) {
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Shift+End");
      await page.keyboard.press("Delete");
    }
    await page.locator("#trouble").waitFor({ state: "hidden" });
  });

  it("stop a program that loops", async () => {
    await program().getByText("machine.addressSpace").click();
    await page.keyboard.press("Home");
    await page.keyboard.type("for (;;) console.log(1);\n");
    await checkShown("#trouble", "was stopped");
    await checkShown("#output", "... and more");
  });

  it("hold a program in a link", async () => {
    await open("lesson=mmio");
    await checkShown("#output", "callback: offset 5 size 1");
    await program().getByText("minAccessSize: 1, maxAccessSize: 2").click();
    await page.keyboard.press("Home");
    await page.keyboard.type("// mine\n");
    await page.getByRole("button", { name: "Copy a link" }).click();
    await page.waitForFunction(() => location.hash.startsWith("#program="));
    const address = page.url();
    await page.goto("about:blank");
    await page.goto(address);
    await program().getByText("// mine").waitFor();
    await page.locator("#output", { hasText: "callback" }).waitFor();
    await page.goto("about:blank");
    await page.goto(address.slice(0, -20));
    await checkShown("#trouble", "damaged or cut off");
  });

  it("show banks that are switched while one looks", async () => {
    await open("lesson=banks");
    await page.locator("#output", { hasText: "bank 2" }).waitFor();
    await page.locator('.spot[data-name="cartridge +0x8000"]').first().waitFor();
    await page.locator(".spot.changed").first().waitFor();
    expect(await names()).toContain("cartridge");
  });

  it.each([
    ["light", 1440, 900],
    ["dark", 1440, 900],
    ["dark", 320, 700],
  ])("have names, contrast and no overflow: %s, %i pixels", async (colorScheme, width, height) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height });
    if (width < 640) await page.goto(`${tab.address}lesson.html?narrow#lesson=iommu`);
    else await open("lesson=iommu");
    await page.locator("#output", { hasText: "not-mapped" }).waitFor();
    await page.locator("#map").scrollIntoViewIfNeeded();
    await page
      .locator(width < 640 ? ".table tr button" : ".spot")
      .first()
      .waitFor();
    await checkLooks();
    await tab.shoot(`lesson-${colorScheme}-${width}`, { fullPage: true });
  });
});

describe("the browser's console", () => {
  it("has no word of complaint, and nothing was fetched from elsewhere", (context) => {
    context.skip(missing !== undefined, missing);
    expect(tab.complaints).toEqual([]);
  });
});
