/** Calendar arithmetic of the real-time clock: seconds since 1970 to register bytes and back. */

/** Encoding of the time registers: two bits of register B. */
export interface RtcFormat {
  /** Plain binary instead of BCD. */
  readonly binary: boolean;
  /** Hours 0 to 23 instead of 1 to 12 with a PM bit. */
  readonly hours24: boolean;
}

/** A point in time in the chip's fields. */
export interface RtcFields {
  second: number;
  minute: number;
  hour: number;
  /** 1 to 31. */
  day: number;
  /** 1 to 12. */
  month: number;
  /** Four digits. */
  year: number;
  /** 1 (Sunday) to 7. */
  weekday: number;
}

const PM = 0x80;

/** Break seconds since 1970-01-01 into fields (no time zones: the chip keeps what it was told). */
export function fieldsOf(seconds: number): RtcFields {
  const date = new Date(seconds * 1000);
  return {
    second: date.getUTCSeconds(),
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    year: date.getUTCFullYear(),
    weekday: date.getUTCDay() + 1,
  };
}

/** Seconds since 1970-01-01 of the given fields; days and months out of range carry over. */
export function secondsOf(fields: Omit<RtcFields, "weekday">): number {
  const date = new Date(0);
  date.setUTCFullYear(fields.year, fields.month - 1, fields.day);
  date.setUTCHours(fields.hour, fields.minute, fields.second);
  return date.getTime() / 1000;
}

/** A number 0 to 99 as the register holds it. */
export function encodeByte(value: number, format: RtcFormat): number {
  return format.binary ? value : (Math.floor(value / 10) << 4) | (value % 10);
}

/** The number that a register byte stands for. */
export function decodeByte(byte: number, format: RtcFormat): number {
  return format.binary ? byte : (byte >> 4) * 10 + (byte & 0x0f);
}

/** An hour 0 to 23 as the register holds it. */
export function encodeHour(hour: number, format: RtcFormat): number {
  if (format.hours24) {
    return encodeByte(hour, format);
  }
  return encodeByte(hour % 12 || 12, format) | (hour >= 12 ? PM : 0);
}

/** The hour 0 to 23 that a register byte stands for. */
export function decodeHour(byte: number, format: RtcFormat): number {
  if (format.hours24) {
    return decodeByte(byte, format);
  }
  return (decodeByte(byte & ~PM, format) % 12) + ((byte & PM) !== 0 ? 12 : 0);
}
