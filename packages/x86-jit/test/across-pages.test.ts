import { describe, expect, it } from "vitest";
import { type GuestPair, guestPair, runSame } from "./support/both-engines.js";
import { type FlatGuest, flatGuest } from "./support/flat-guest.js";

const NEXT_PAGE = 0x2000;
/** A page that may take the place of the next one. */
const OTHER_PAGE = 0x3000;
/** Two directories, and a table for each. */
const DIRECTORIES = 0x10000;
const TABLES = 0x12000;
const PAGE_TABLE_ENTRY = TABLES + 4 * (NEXT_PAGE >> 12);
const GLOBAL = 0x100;
const ACCESSED = 0x20;

const dword = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
/** invlpg [NEXT_PAGE] */
const INVLPG = [0x0f, 0x01, 0x3d, ...dword(NEXT_PAGE)];
/** mov cr3, edx; xor edx, 1000h */
const SWITCH = [0x0f, 0x22, 0xda, 0x81, 0xf2, ...dword(0x1000)];
/** xor dword [the entry], 1000h */
const TURN = [0x81, 0x35, ...dword(PAGE_TABLE_ENTRY), ...dword(0x1000)];

/**
 * A loop: a body, and ADD EAX of four bytes, the last of which are in the next page, where JMP to its beginning
 * follows.
 */
function loop(body: readonly number[], added: number): readonly number[] {
  const whole = [...body, 0x05, ...dword(added), 0xeb, 0];
  whole[whole.length - 1] = -whole.length & 0xff;
  return whole;
}

interface Wanted {
  readonly body: readonly number[];
  /** Bytes of the last instruction but one that are in the first page. */
  readonly before?: number;
  /** Bits of the entry of the first page, beside the usual ones; with it there is paging. */
  readonly paging?: number;
}

/** The same code translated, and never. */
function both({ body, before = 2, paging }: Wanted): GuestPair {
  const start = NEXT_PAGE - before - body.length;
  return guestPair((threshold) => {
    const guest = flatGuest([], { translation: { threshold } });
    const bytes = guest.ram.ramBytes();
    bytes.set(loop(body, 0x01020304), start);
    // In the other page all but the first byte of the sum is another.
    bytes.set(loop(body, 0x11121304).slice(body.length + before), OTHER_PAGE);
    guest.cpu.setState({ eip: start, edx: DIRECTORIES + 0x1000, ebx: NEXT_PAGE });
    if (paging !== undefined) beginPaging(guest, paging);
    return guest;
  });
}

/** Two address spaces, which differ in the next page. */
function beginPaging({ cpu, ram }: FlatGuest, firstPage: number): void {
  const bytes = ram.ramBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (const space of [0, 0x1000]) {
    view.setUint32(DIRECTORIES + space, (TABLES + space) | 7, true);
    for (let page = 0; page < 256; page++) {
      const frame = page === NEXT_PAGE >> 12 ? NEXT_PAGE + space : page << 12;
      const rights = page === (NEXT_PAGE >> 12) - 1 ? 7 | firstPage : 7;
      view.setUint32(TABLES + space + 4 * page, frame | rights, true);
    }
  }
  cpu.setState({ cr3: DIRECTORIES, cr4: 0x80, cr0: 0xe0000011 });
}

describe("an instruction over the end of a page", () => {
  it.each([1, 2, 3, 4])("is translated, with %i bytes before it", (before) => {
    const guests = both({ body: [0x41, 0x42], before });
    runSame(guests, 300);
    const { counters } = guests[0].translator;
    expect(counters).toMatchObject({ called: 0, dropped: 0 });
    expect(counters.interpreted).toBeLessThan(3);
    const listing = guests[0].translator.listing(NEXT_PAGE - before);
    expect(listing?.guest.map(({ text }) => text)).toEqual([expect.stringContaining("0x1020304")]);
  });

  it("is made anew when the guest stores to the end of it", () => {
    // inc byte [ebx+1]
    const guests = both({ body: [0xfe, 0x43, 0x01] });
    runSame(guests, 300);
    expect(guests[0].translator.counters.dropped).toBeGreaterThan(3);
  });
  it("stays when the guest stores behind it", () => {
    // inc dword [ebx+40h]
    const guests = both({ body: [0xff, 0x43, 0x40] });
    runSame(guests, 300);
    // The unit that stores is, when it is seen to do so beside code.
    expect(guests[0].translator.counters.dropped).toBe(1);
  });
  it("is made anew when a device stores to the end of it", () => {
    const guests = both({ body: [0x41] });
    for (let round = 0; round < 10; round++) {
      runSame(guests, 60);
      for (const { dma } of guests) dma.store(NEXT_PAGE + 1, 1, round);
    }
    expect(guests[0].translator.counters.dropped).toBe(10);
  });

  it.each([
    ["an entry and INVLPG", [...TURN, ...INVLPG], 0],
    ["CR3", SWITCH, 0],
    ["CR3, where the first page is global", SWITCH, GLOBAL],
  ])("ends in the page that is there: another by %s", (_, body, paging) => {
    const guests = both({ body, paging });
    runSame(guests, 300);
    expect(guests[0].translator.counters.units).toBeGreaterThan(3);
  });

  it("faults where the next page is not there, and only where it comes to that", () => {
    // and dword [the entry], not 1; INVLPG
    const removal = [0x81, 0x25, ...dword(PAGE_TABLE_ENTRY), ...dword(~1), ...INVLPG];
    // test cl, 1fh; jnz over the removal; inc ecx
    const guests = both({
      body: [0xf6, 0xc1, 0x1f, 0x75, removal.length, ...removal, 0x41],
      paging: 0,
    });
    for (const { cpu } of guests) cpu.setState({ ecx: 1 });
    runSame(guests, 300);
    // Without a table of interrupts that is a shutdown.
    expect(guests[0].cpu.state()).toMatchObject({ ecx: 33, cr2: NEXT_PAGE });
  });

  it("is not fetched before its turn", () => {
    // jmp to itself, in front of it
    const guests = both({ body: [0x41, 0xeb, 0xfd], paging: 0 });
    runSame(guests, 300);
    for (const { ram } of guests)
      expect((ram.ramBytes()[PAGE_TABLE_ENTRY] ?? 0) & ACCESSED).toBe(0);
  });
});
