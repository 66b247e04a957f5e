/** A device's end of a character device, behind which the back end is exchanged. */
import { describe, expect, it } from "vitest";

import { FrontEnd } from "../../src/chardev/front-end.js";
import { MemoryBackend } from "../../src/host/chardev.js";

describe("a front end", () => {
  it("writes to the back end of now, and hears no other", () => {
    const [first, second] = [new MemoryBackend(), new MemoryBackend()];
    let noted = 0;
    const end = new FrontEnd(first, () => noted++);
    let heard = "";
    end.receive = (byte) => (heard += String.fromCharCode(byte));
    end.write(0x61);
    first.send("x");
    end.change(second);
    end.write(0x62);
    first.send("y");
    second.send("z");
    expect([first.text, second.text, heard, noted]).toEqual(["a", "b", "xz", 2]);
    expect(first.receive).toBeNull();
    end.receive = null;
    expect(second.receive).toBeNull();
  });

  it("tells a new back end that there is room", () => {
    let told = 0;
    const waiting = { write: () => undefined, receive: null, accept: () => void told++ };
    const end = new FrontEnd(new MemoryBackend(), () => undefined);
    end.accept();
    end.change(waiting);
    end.accept();
    expect(told).toBe(2);
  });
});
