import { matchesImage } from '../scripted/script.js';

/** What stands for an image. */
type ImageCommand =
  /**
   * A program; the container's own `command` takes its place and `args` come behind it, as with an image's entry point.
   * An empty list: whatever the container says, run on this machine.
   */
  | { readonly command: readonly string[]; readonly env?: Readonly<Record<string, string>> }
  /** The built-in app with these settings (ERROR_RATE, LATENCY_MS, ...). */
  | { readonly app: Readonly<Record<string, string>> }
  /** The image cannot be pulled. */
  | { readonly missing: true };

/**
 * By image: a name, or a pattern in which `*` stands for any text. The first that fits wins; the default is the
 * built-in app, which runs instead of the container's own command: a manifest alone makes nothing run on this machine.
 */
export type ImageCommands = Readonly<Record<string, ImageCommand>>;

/** What to run for an image. */
export type ResolvedImage =
  | {
      readonly kind: 'program';
      readonly command: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly isBuiltIn: boolean;
    }
  | { readonly kind: 'missing' };

/** @param appFile - the built-in app as JavaScript. */
export function resolveImage(image: string, images: ImageCommands, appFile: string): ResolvedImage {
  const found = Object.entries(images).find(([pattern]) => matchesImage(pattern, image))?.[1] ?? { app: {} };
  if ('missing' in found) return { kind: 'missing' };
  if ('command' in found) {
    return { kind: 'program', command: found.command, env: found.env ?? {}, isBuiltIn: false };
  }
  const env = { VERSION: versionOf(image), ...found.app };
  return { kind: 'program', command: [process.execPath, appFile], env, isBuiltIn: true };
}

/** The tag of an image, or `latest`. */
function versionOf(image: string): string {
  return /:([^/:@]+)(@.*)?$/.exec(image)?.[1] ?? 'latest';
}
