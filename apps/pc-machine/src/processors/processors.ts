/** The board's processors, with their local APICs. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { Machine } from "@mem/flat";
import { CpuModel, type LocalApic, LocalApics } from "@mem/x86";

import type { AddressMap } from "../board/memory/address-map.js";
import type { CpuWiring, CreateCpu, PcCpu } from "../board/processor/cpu.js";
import { createPart } from "../device/device-object.js";
import type { Clock } from "../host/clock.js";
import { APIC_MSI, apicMsiRegion } from "./apic-msi.js";
import { ProcessorGroup } from "./processor-group.js";

/** Parts and options of processors. */
export interface ProcessorsOptions {
  readonly machine: Machine;
  readonly map: AddressMap;
  readonly clock: Clock;
  readonly model: CpuModel | undefined;
  /** Makes one of them. */
  readonly create: CreateCpu;
  /** Region of SMRAM. */
  readonly smram: MemoryRegion;
  /** Their objects, by number. */
  readonly objects: readonly [DeviceObject, ...DeviceObject[]];
  /** Connections that all of them share. */
  readonly wiring: Omit<CpuWiring, "memory" | "smmMemory" | "io" | "apic">;
  /** An interrupt has reached one of them. */
  interrupted(): void;
}

/** The processors and what interrupts them. */
export class Processors {
  /** Processor as the machine runs it: the only processor, or all of them in turns. */
  readonly cpu: PcCpu;
  /** The local APICs: where I/O APICs and messages of devices deliver interrupts. Empty without the feature. */
  readonly apics = new LocalApics();
  readonly #group: ProcessorGroup | null;
  #stepping = false;

  constructor(options: ProcessorsOptions) {
    const { machine, map, objects } = options;
    const model = options.model ?? CpuModel.parse("max");
    if (model.has("apic")) {
      for (let id = 0; id < objects.length; id++) {
        this.apics.add({
          id,
          isBootstrap: id === 0,
          clock: options.clock,
          acknowledgeExternal: () => options.wiring.acknowledgeInterrupt(),
        });
      }
      const owner = createPart(machine, "apic", objects[0], "lapic");
      for (const object of objects.slice(1)) createPart(machine, "apic", object, "lapic");
      const region = apicMsiRegion(machine, owner, this.apics, () => this.#current);
      map.system.addSubregion(APIC_MSI.BASE, region, { priority: APIC_MSI.PRIORITY });
    }
    const create = (object: DeviceObject, number: number): PcCpu => {
      const apic = this.apics.all.at(number);
      return options.create({
        ...options.wiring,
        ...(objects.length === 1 ? {} : { pause: () => this.#group?.pause() }),
        ...(apic === undefined
          ? {}
          : { apic, acknowledgeInterrupt: (): number => apic.acknowledge() }),
        memory: map.cpuMemory(number),
        smmMemory: map.smmMemory(options.smram, object, number),
        io: map.ioSpace,
      });
    };
    const [object, ...rest] = objects;
    const first = create(object, 0);
    const others = rest.map((other, k) => create(other, k + 1));
    this.#group = others.length === 0 ? null : new ProcessorGroup(first, others);
    this.cpu = this.#group ?? first;
    [first, ...others].forEach((cpu, number) => {
      const apic = this.apics.all.at(number);
      if (apic !== undefined) this.#connect(apic, cpu, number, options);
    });
  }

  #connect(apic: LocalApic, cpu: PcCpu, number: number, { interrupted }: ProcessorsOptions): void {
    const told = (): void => {
      this.#group?.attend(number);
      interrupted();
    };
    apic.connect({
      setIntr: (level) => {
        cpu.setIntr(level);
        if (level) told();
      },
      raiseNmi: () => {
        cpu.raiseNmi?.();
        told();
      },
      raiseSmi: () => {
        cpu.raiseSmi?.();
        told();
      },
      init: (waits) => {
        cpu.init?.(waits);
        told();
      },
      startUp: (vector) => {
        cpu.startUp?.(vector);
        told();
      },
    });
  }

  /** The APIC whose registers are seen in memory: that of the processor that runs. */
  get #current(): LocalApic | null {
    const number = this.#group === null ? 0 : this.#group.running;
    return this.apics.all[number] ?? null;
  }

  /** Every processor, by number. */
  get all(): readonly PcCpu[] {
    return this.#group?.all ?? [this.cpu];
  }
  /** Runs one instruction of processor `number` for a debugger; the others stand still. */
  step(number: number): void {
    this.#stepping = true;
    try {
      if (this.#group === null) this.cpu.debugger?.step();
      else this.#group.step(number);
    } finally {
      this.#stepping = false;
    }
  }
  /**
   * Processor in the midst of an instruction, `null`: none is.
   * @param running true while the machine runs guest code
   */
  executing(running: boolean): PcCpu | null {
    if (!running && !this.#stepping) return null;
    return this.#group === null ? this.cpu : (this.#group.all[this.#group.running] ?? null);
  }

  /** The output of the 8259: LINT0 of every APIC, or the processor's pin. */
  setExternalInterrupt(level: boolean): void {
    if (this.apics.all.length === 0) this.cpu.setIntr(level);
    for (const apic of this.apics.all) apic.setPin(0, level);
  }
  /** The state after power-on. */
  reset(): void {
    for (const apic of this.apics.all) apic.reset();
    this.cpu.reset();
  }
}
