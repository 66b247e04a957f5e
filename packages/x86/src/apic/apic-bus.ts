/** Bus of a local APIC, as the APIC sees it. */

/**
 * The other end of a local APIC's messages; `LocalApics` is one.
 * @see {@link LocalApics}
 */
export interface ApicBus {
  /** Delivers a message to those that a destination names; see `LocalApics.deliver`. */
  deliver(
    destination: number,
    destinationMode: number,
    deliveryMode: number,
    vector: number,
    triggerMode: number,
  ): void;
  /** Delivers a message to all APICs but `except`, an APIC; `null`: to all. */
  deliverToAll(
    except: object | null,
    deliveryMode: number,
    vector: number,
    triggerMode: number,
  ): void;
  /** A processor has ended a level triggered interrupt of a vector, 0 to 255. */
  endOfInterrupt(vector: number): void;
}
