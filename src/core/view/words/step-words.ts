import type { CanaryStep } from '#api/argoproj/rollout.js';
import { parseGoDuration } from '#core/time/duration.js';
import { formatPercent, formatSpan } from './format.js';
import type { StepGlyph } from '../wire/detail.js';

/** Milliseconds of a pause; `null` when only a person ends it. A text without unit is seconds. */
export function pauseMsOf(step: CanaryStep): number | null {
  const duration = step.pause?.duration;
  if (duration === undefined || duration === null) return null;
  const text = String(duration);
  return /^\d+$/.test(text) ? Number(text) * 1000 : (parseGoDuration(text) ?? null);
}

/** The picture of a step. */
export function glyphOf(step: CanaryStep): StepGlyph {
  if (step.pause !== undefined) return pauseMsOf(step) === null ? 'hold' : 'pause';
  if (step.setCanaryScale !== undefined) return 'scale';
  if (step.setWeight !== undefined) return 'weight';
  if (step.experiment !== undefined) return 'experiment';
  if (step.analysis !== undefined) return 'analysis';
  if (step.setHeaderRoute !== undefined) return 'header';
  if (step.setMirrorRoute !== undefined) return 'mirror';
  return 'plugin';
}

/** A step in a few words, for instance `20 %`, `pause 10 min`, `gate`. */
export function labelOf(step: CanaryStep, scale = 100): string {
  switch (glyphOf(step)) {
    case 'weight':
      return formatPercent(((step.setWeight ?? 0) * 100) / scale);
    case 'pause':
      return `pause ${formatSpan(pauseMsOf(step) ?? 0)}`;
    case 'hold':
      return 'pause without end';
    case 'scale':
      return scaleLabel(step);
    case 'analysis':
      return 'gate';
    case 'experiment':
      return 'experiment';
    case 'header':
      return `header route ${step.setHeaderRoute?.name ?? ''}`.trim();
    case 'mirror':
      return `mirror ${step.setMirrorRoute?.name ?? ''}`.trim();
    default:
      return step.plugin?.name ?? 'plugin';
  }
}

function scaleLabel(step: CanaryStep): string {
  const scale = step.setCanaryScale;
  if (scale?.replicas !== undefined) return `${scale.replicas} pods`;
  if (scale?.weight !== undefined) return `pods for ${formatPercent(scale.weight)}`;
  return 'pods follow weight';
}
