import type { Pod } from '#api/k8s/core-kinds.js';
import { parseGoDuration } from '#core/time/duration.js';

/** What a scripted pod does with its time. All times are counted from the start of its container. */
export interface PodScript {
  /** How long the image takes to be pulled and the container to be created. Default 0. */
  readonly startAfterMs?: number;
  /** Default 1000. */
  readonly readyAfterMs?: number | 'never';
  /** Ready until then only; it goes on running. Default: for ever. */
  readonly unreadyAfterMs?: number;
  /** The container ends with code 1 and is restarted with back-off, over and over. */
  readonly crashAfterMs?: number;
  /** The container ends with `exitCode`, as the pod of a Job does. */
  readonly completesAfterMs?: number;
  readonly exitCode?: number;
  /** How long it takes to end after it was asked to; never longer than the grace period. Default 1000. */
  readonly terminateAfterMs?: number;
  /** The image cannot be pulled. */
  readonly isImageMissing?: boolean;
}

/** Scripts by image: a name, or a pattern in which `*` stands for any text. The first that fits wins. */
export type ImageScripts = Readonly<Record<string, PodScript>>;

const prefix = 'sandbox.sluice.dev/';

/**
 * The script of a pod: by its annotations `sandbox.sluice.dev/{start,ready,unready,crash,completes,terminate}-after`
 * (a Go duration; `never` for ready) and `exit-code`, else by its first container's image, else the default.
 */
export function scriptOf(pod: Pod, images: ImageScripts): PodScript {
  const image = pod.spec.containers[0]?.image ?? '';
  const byImage = Object.entries(images).find(([pattern]) => matchesImage(pattern, image))?.[1];
  return { ...byImage, ...byAnnotations(pod.metadata.annotations ?? {}) };
}

/** Whether an image is meant by a pattern in which `*` stands for any text. */
export function matchesImage(pattern: string, image: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(image);
}

function byAnnotations(annotations: Readonly<Record<string, string>>): PodScript {
  const duration = (word: string): number | undefined =>
    parseGoDuration(annotations[`${prefix}${word}-after`] ?? '');
  const readyAfterMs = annotations[`${prefix}ready-after`] === 'never' ? 'never' : duration('ready');
  const exitCode = annotations[`${prefix}exit-code`];
  return withoutAbsent({
    startAfterMs: duration('start'),
    readyAfterMs,
    unreadyAfterMs: duration('unready'),
    crashAfterMs: duration('crash'),
    completesAfterMs: duration('completes'),
    terminateAfterMs: duration('terminate'),
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
  });
}

function withoutAbsent(script: { readonly [K in keyof PodScript]: PodScript[K] | undefined }): PodScript {
  return Object.fromEntries(Object.entries(script).filter(([, value]) => value !== undefined));
}
