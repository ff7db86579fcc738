import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 prefer a small heap to few collections, from now on: the young generation stays as small as it is, the old one
 * is looked through whenever it has grown by a fifth. To be called before the program's own modules are loaded, since
 * the young generation never grows back. Whoever sets the size of that generation
 * (`node --max-semi-space-size`, `NODE_OPTIONS`) has decided otherwise: then nothing changes.
 */
export function keepHeapSmall(
  given: readonly string[] = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''],
): void {
  if (given.some((flags) => /semi[-_]space/.test(flags))) return;
  // --max-semi-space-size is read only when the process starts; growth is asked for at every step.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
}
