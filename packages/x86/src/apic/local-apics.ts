/** The local APICs of a machine, and the bus on which they, I/O APICs and MSIs meet. */
import type { ApicBus } from "./apic-bus.js";
import { DeliveryMode } from "./delivery.js";
import { LocalApic, type LocalApicOptions } from "./local-apic.js";

const MSI_DESTINATION_SHIFT = 12;

/**
 * All local APICs of a machine: where I/O APICs, devices' message signalled interrupts and the APICs
 * themselves deliver interrupts. Nothing of it throws.
 *
 * @example
 * const apics = new LocalApics();
 * // An I/O APIC tells the processor with ID 0, once, of vector 31h:
 * apics.deliver(0, DestinationMode.PHYSICAL, DeliveryMode.FIXED, 0x31, TriggerMode.EDGE);
 */
export class LocalApics implements ApicBus {
  readonly #apics: LocalApic[] = [];
  readonly #ends: ((vector: number) => void)[] = [];
  /** Of messages to the lowest priority: who was chosen last. */
  #last = -1;

  /** The APICs, in the order in which they were added. */
  get all(): readonly LocalApic[] {
    return this.#apics;
  }
  /** Adds one; its processor is connected later. */
  add(options: LocalApicOptions): LocalApic {
    const apic = new LocalApic(this, options);
    this.#apics.push(apic);
    return apic;
  }

  /**
   * Delivers an interrupt, as QEMU's `apic_deliver_irq`.
   * @param destination     an ID, or with logical mode a set of bits; 8 bits, 32 with x2APIC
   * @param destinationMode a `DestinationMode`
   * @param deliveryMode    a `DeliveryMode`
   * @param vector          0 to 255
   * @param triggerMode     a `TriggerMode`
   */
  deliver(
    destination: number,
    destinationMode: number,
    deliveryMode: number,
    vector: number,
    triggerMode: number,
  ): void {
    if (deliveryMode === DeliveryMode.LOWEST_PRIORITY) {
      this.#chosen(destination, destinationMode, vector)?.accept(deliveryMode, vector, triggerMode);
      return;
    }
    for (const apic of this.#apics) {
      if (apic.matches(destination, destinationMode)) {
        apic.accept(deliveryMode, vector, triggerMode);
      }
    }
  }
  /**
   * Delivers a message to all APICs that are enabled.
   * @param except an APIC that is left out, or `null`
   */
  deliverToAll(
    except: object | null,
    deliveryMode: number,
    vector: number,
    triggerMode: number,
  ): void {
    for (const apic of this.#apics) {
      if (apic !== except && apic.isEnabled) apic.accept(deliveryMode, vector, triggerMode);
    }
  }
  /** The one that takes a message to the lowest priority: in turns where several are equal. */
  #chosen(destination: number, destinationMode: number, vector: number): LocalApic | null {
    const count = this.#apics.length;
    let best: LocalApic | null = null;
    let bestPlace = -1;
    for (let step = 1; step <= count; step++) {
      const place = (this.#last + step) % count;
      const apic = this.#apics[place];
      if (!apic.matches(destination, destinationMode)) continue;
      if (apic.isFocus(vector)) return apic;
      if (best === null || apic.arbitrationPriority < best.arbitrationPriority) {
        best = apic;
        bestPlace = place;
      }
    }
    if (best !== null) this.#last = bestPlace;
    return best;
  }

  /**
   * Delivers a message signalled interrupt: a store of `data` to `address`, FEE00000h to FEEFFFFFh.
   * @param address address of the store, in bytes
   * @param data    value of the store
   */
  deliverMessage(address: number, data: number): void {
    const destination = (address >>> MSI_DESTINATION_SHIFT) & 0xff;
    const destinationMode = (address >>> 2) & 1;
    this.deliver(destination, destinationMode, (data >>> 8) & 7, data & 0xff, (data >>> 15) & 1);
  }

  /** Calls `listener` when a processor has ended a level triggered interrupt, for I/O APICs. */
  onEndOfInterrupt(listener: (vector: number) => void): Disposable {
    this.#ends.push(listener);
    return {
      [Symbol.dispose]: () => {
        const at = this.#ends.indexOf(listener);
        if (at >= 0) this.#ends.splice(at, 1);
      },
    };
  }
  /** A processor has ended a level triggered interrupt. */
  endOfInterrupt(vector: number): void {
    for (const listener of [...this.#ends]) listener(vector);
  }
}
