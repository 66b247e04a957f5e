/** What there is of the x87 unit: enough to detect that it is absent or present. */
export class FpuState {
  control = 0x37f;
  status = 0;

  /** FNINIT. */
  init(): void {
    this.control = 0x37f;
    this.status = 0;
  }
}
