/** The multiple of the step at or below a value; the value itself when the step is not positive. */
export function floorBy(value: bigint, step: bigint): bigint {
  if (step <= 0n) return value;
  const rest = ((value % step) + step) % step;
  return value - rest;
}

/** The nearest multiple of the step; halfway is upwards. */
export function roundUpHalf(value: bigint, step: bigint): bigint {
  if (step <= 0n) return value;
  const low = floorBy(value, step);
  return value - low + (value - low) < step ? low : low + step;
}

/** Half away from zero. */
export function roundAway(value: bigint, step: bigint): bigint {
  return value < 0n ? -roundUpHalf(-value, step) : roundUpHalf(value, step);
}

/** The nearest number of 64 bits. */
export function clamp(ns: bigint): bigint {
  const max = 2n ** 63n - 1n;
  return ns > max ? max : ns < -max - 1n ? -max - 1n : ns;
}
