/**
 * A connection of the guest's TCP (RFC 9293), joined to one of the host. Segments come in order, or
 * are asked for again; what is not acknowledged is sent again.
 */
import { ByteQueue } from "./byte-queue.js";
import type { HostStream, StreamEvents } from "./host-network.js";
import { distance, TcpFlag, type Segment, type TcpEnds } from "./segment.js";

/** Bytes from the host that wait for the guest, at most; the host is held back then. */
const MOST_WAITING = 256 * 1024;
/** Bytes from the guest that wait for the host, at most. */
const WINDOW = 0xffff;
const MSS = 1460;
const LEAST_MSS = 536;
const RETRY_NS = 300e6;
const LONGEST_RETRY_NS = 10e9;
const MOST_RETRIES = 10;
/**
 * Time for which a segment of the guest's may stay unacknowledged while nothing follows it. A guest that writes
 * little at a time holds the next ones back meanwhile (RFC 896), and sends them as one.
 */
const PATIENCE_NS = 10e6;

/** Surroundings of a connection. */
export interface ConnectionWiring {
  nowNs(): number;
  /** A segment for the guest. */
  send(segment: Segment): void;
  /** It is over, and forgotten. */
  closed(): void;
}

const NOTHING = new Uint8Array(0);

/** One connection. */
export class TcpConnection implements StreamEvents {
  readonly ends: TcpEnds;
  readonly #wiring: ConnectionWiring;
  #stream: HostStream | null = null;
  /** `opening`: the guest asked, the host does not answer yet; `calling`: the guest has not. */
  #state: "opening" | "calling" | "open" | "closed";
  readonly #waiting = new ByteQueue();
  /** Numbers of the first byte that is not acknowledged, of the next one, and of the furthest ever sent. */
  #unacknowledged: number;
  #next: number;
  #furthest: number;
  /** Number of the byte that the guest sends next. */
  #expected = 0;
  #guestWindow = 0;
  #offered = WINDOW;
  #mss = MSS;
  #hostEnded = false;
  #finSent = false;
  #finAcknowledged = false;
  #guestEnded = false;
  #retries = 0;
  /** Time at which what is not acknowledged is sent again, `Infinity`: all is. */
  #retryNs = Infinity;
  /** Number of the byte that the guest was told to send next. */
  #told = 0;
  /** Time at which the guest is told, `Infinity`: it was. */
  #tellNs = Infinity;

  /**
   * @param ends    the guest's, and that of its peer
   * @param initial the first sequence number
   * @param syn     the guest's first segment; `null`: the guest is called
   */
  constructor(wiring: ConnectionWiring, ends: TcpEnds, initial: number, syn: Segment | null) {
    this.#wiring = wiring;
    this.ends = ends;
    this.#unacknowledged = initial;
    this.#next = initial;
    this.#furthest = initial;
    this.#state = syn === null ? "calling" : "opening";
    if (syn === null) this.#sendSyn();
    else this.#takeSyn(syn);
  }

  /** State, as QEMU names it. */
  get state(): string {
    if (this.#state === "opening") return "SYN_RCVD";
    return this.#state === "calling" ? "SYN_SENT" : "ESTABLISHED";
  }

  /** Bytes for the guest that wait. */
  get waitingBytes(): number {
    return this.#waiting.length;
  }

  /** Bytes from the guest that wait for the host. */
  get pendingBytes(): number {
    return this.#stream?.pending ?? 0;
  }

  /** Time at which there is something to do, `Infinity`: nothing is due. */
  get deadlineNs(): number {
    return Math.min(this.#retryNs, this.#tellNs);
  }

  /** The host's connection. */
  join(stream: HostStream): void {
    this.#stream = stream;
  }

  /** The host's connection is there: the guest is answered. */
  opened(): void {
    if (this.#state === "opening") this.#sendSyn();
  }

  /** Bytes from the host. */
  received(bytes: Uint8Array): void {
    if (this.#state === "closed") return;
    this.#waiting.append(bytes);
    if (this.#waiting.length >= MOST_WAITING) this.#stream?.flow(false);
    this.#output();
  }

  /** The host sends no more. */
  ended(): void {
    this.#hostEnded = true;
    this.#output();
  }

  /** The host's connection is gone. */
  failed(): void {
    if (this.#state === "closed") return;
    this.#emit(TcpFlag.RST | TcpFlag.ACK, this.#next);
    this.#close();
  }

  /** The host has taken what waited. */
  drained(): void {
    if (this.#state === "open" && this.#offered < MSS && this.#room() >= 2 * MSS)
      this.#acknowledge();
  }

  /** Time has passed. */
  tick(): void {
    const now = this.#wiring.nowNs();
    if (now >= this.#tellNs) this.#acknowledge();
    if (now < this.#retryNs) return;
    this.#retries++;
    if (this.#retries > MOST_RETRIES) {
      this.abort();
      return;
    }
    this.#next = this.#unacknowledged;
    this.#finSent = false;
    if (this.#state !== "open") this.#sendSyn();
    else if (this.#guestWindow === 0 && this.#waiting.length > 0) {
      this.#emit(TcpFlag.ACK, this.#next, this.#waiting.copy(0, 1));
      this.#next = (this.#next + 1) >>> 0;
      this.#noteSent();
    } else this.#output();
    this.#arm();
  }

  /** Gone at once: both ends are told. */
  abort(): void {
    if (this.#state === "closed") return;
    this.#emit(TcpFlag.RST | TcpFlag.ACK, this.#next);
    this.#stream?.abort();
    this.#close();
  }

  /** A segment from the guest. */
  take(segment: Segment): void {
    if (this.#state === "closed") return;
    const { flags } = segment;
    if ((flags & TcpFlag.RST) !== 0) {
      this.#takeReset(segment);
    } else if (this.#state === "calling") {
      this.#takeAnswer(segment);
    } else if ((flags & TcpFlag.SYN) !== 0) {
      // The guest asks again: what answered it was lost, or is still to come.
      if (this.#state === "opening" && this.#furthest !== this.#unacknowledged) this.#sendSyn();
      else if (this.#state === "open") this.#acknowledge();
    } else if ((flags & TcpFlag.ACK) !== 0) {
      this.#takeAcknowledgement(segment);
      if (this.#state === "open") this.#takeData(segment);
    }
  }

  #takeReset({ sequence, acknowledged }: Segment): void {
    const isOurs =
      this.#state === "calling"
        ? acknowledged === this.#next
        : distance(sequence, this.#expected) >= 0 && distance(sequence, this.#expected) <= WINDOW;
    if (!isOurs) return;
    this.#stream?.abort();
    this.#close();
  }

  #takeSyn({ sequence, mss, window }: Segment): void {
    this.#expected = (sequence + 1) >>> 0;
    this.#guestWindow = window;
    this.#mss = Math.max(1, Math.min(MSS, mss === 0 ? LEAST_MSS : mss));
  }

  #takeAnswer(segment: Segment): void {
    const both = TcpFlag.SYN | TcpFlag.ACK;
    if ((segment.flags & both) !== both || segment.acknowledged !== this.#furthest) return;
    this.#takeSyn(segment);
    this.#established();
    this.#acknowledge();
    this.#output();
  }

  #established(): void {
    this.#state = "open";
    this.#unacknowledged = this.#furthest;
    this.#next = this.#furthest;
    this.#retries = 0;
    this.#retryNs = Infinity;
    this.#stream?.flow(true);
  }

  #takeAcknowledgement({ acknowledged, window, sequence, data }: Segment): void {
    if (this.#state === "opening") {
      if (acknowledged !== this.#furthest || this.#furthest === this.#unacknowledged) return;
      this.#established();
    }
    const count = distance(acknowledged, this.#unacknowledged);
    const most = distance(this.#furthest, this.#unacknowledged);
    if (count < 0 || count > most) return;
    // Old segments tell of old windows.
    if (distance((sequence + data.length) >>> 0, this.#expected) >= 0) this.#guestWindow = window;
    if (count > 0) {
      const bytes = Math.min(count, this.#waiting.length);
      this.#waiting.drop(bytes);
      if (count > bytes) this.#finAcknowledged = true;
      this.#unacknowledged = acknowledged;
      if (distance(this.#next, acknowledged) < 0) this.#next = acknowledged;
      this.#retries = 0;
      this.#retryNs = Infinity;
      if (this.#waiting.length < MOST_WAITING / 2) this.#stream?.flow(true);
    }
    this.#output();
    this.#closeWhenDone();
  }

  #takeData(segment: Segment): void {
    const hasFin = (segment.flags & TcpFlag.FIN) !== 0;
    if (segment.data.length === 0 && !hasFin) {
      // A probe of a connection that sleeps is answered.
      if (distance(segment.sequence, this.#expected) < 0) this.#acknowledge();
      return;
    }
    const known = distance(this.#expected, segment.sequence);
    if (known < 0 || known > segment.data.length || this.#guestEnded) {
      this.#acknowledge();
      return;
    }
    const fresh = segment.data.subarray(known);
    const accepted = fresh.slice(0, this.#room());
    if (accepted.length > 0) {
      this.#expected = (this.#expected + accepted.length) >>> 0;
      this.#stream?.write(accepted);
    }
    if (hasFin && accepted.length === fresh.length) {
      this.#expected = (this.#expected + 1) >>> 0;
      this.#guestEnded = true;
      this.#stream?.end();
    }
    if (hasFin || accepted.length === 0 || accepted.length < fresh.length) this.#acknowledge();
    else this.#acknowledgeSoon();
    this.#closeWhenDone();
  }

  #room(): number {
    return Math.max(0, WINDOW - (this.#stream?.pending ?? 0));
  }

  /** Send what the guest has room for. */
  #output(): void {
    if (this.#state !== "open") return;
    for (;;) {
      const sent = distance(this.#next, this.#unacknowledged);
      const length = Math.min(this.#mss, this.#waiting.length - sent, this.#guestWindow - sent);
      if (length <= 0) break;
      const isLast = sent + length === this.#waiting.length;
      const data = this.#waiting.copy(sent, length);
      this.#emit(TcpFlag.ACK | (isLast ? TcpFlag.PSH : 0), this.#next, data);
      this.#next = (this.#next + length) >>> 0;
      this.#noteSent();
    }
    const sent = distance(this.#next, this.#unacknowledged);
    if (
      this.#hostEnded &&
      !this.#finSent &&
      !this.#finAcknowledged &&
      sent === this.#waiting.length
    ) {
      this.#emit(TcpFlag.FIN | TcpFlag.ACK, this.#next);
      this.#next = (this.#next + 1) >>> 0;
      this.#finSent = true;
      this.#noteSent();
    }
    if (this.#retryNs === Infinity) this.#arm();
  }

  #noteSent(): void {
    if (distance(this.#next, this.#furthest) > 0) this.#furthest = this.#next;
  }

  /** Something is sent again, later, while something is not acknowledged or waits for room. */
  #arm(): void {
    const waits =
      this.#state !== "open" || this.#furthest !== this.#unacknowledged || this.#waiting.length > 0;
    const delay = Math.min(LONGEST_RETRY_NS, RETRY_NS * 2 ** this.#retries);
    this.#retryNs = waits && this.#state !== "closed" ? this.#wiring.nowNs() + delay : Infinity;
  }

  #sendSyn(): void {
    this.#next = this.#unacknowledged;
    const flags = TcpFlag.SYN | (this.#state === "opening" ? TcpFlag.ACK : 0);
    this.#emit(flags, this.#next, NOTHING, MSS);
    this.#next = (this.#next + 1) >>> 0;
    this.#noteSent();
    this.#arm();
  }

  /** Segments that come together are acknowledged together, and those that go on arriving, every other one. */
  #acknowledgeSoon(): void {
    const isMuch = distance(this.#expected, this.#told) >= 2 * this.#mss;
    const due = this.#wiring.nowNs() + (isMuch ? 0 : PATIENCE_NS);
    this.#tellNs = Math.min(this.#tellNs, due);
  }

  #acknowledge(): void {
    this.#emit(TcpFlag.ACK, this.#next);
  }

  #emit(flags: number, sequence: number, data: Uint8Array = NOTHING, mss = 0): void {
    this.#offered = this.#room();
    const acknowledged = (flags & TcpFlag.ACK) === 0 ? 0 : this.#expected;
    this.#told = this.#expected;
    this.#tellNs = Infinity;
    this.#wiring.send({ flags, sequence, acknowledged, window: this.#offered, mss, data });
  }

  #closeWhenDone(): void {
    if (this.#guestEnded && this.#finAcknowledged) this.#close();
  }

  #close(): void {
    this.#state = "closed";
    this.#retryNs = Infinity;
    this.#tellNs = Infinity;
    this.#wiring.closed();
  }
}
