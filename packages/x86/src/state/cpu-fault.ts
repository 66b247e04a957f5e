/** The one object a processor throws; it is reused, so a fault allocates nothing. */
export class CpuFault {
  /** Exception vector. */
  vector = 0;
  /** Error code, or -1 when the exception pushes none. */
  error = -1;
}
