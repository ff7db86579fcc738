import type { FluxEvent } from './flux-event.js';

/** `kind/name.namespace`, as people are told of an object. */
export function objectTitle({ involvedObject: { kind, name, namespace } }: FluxEvent): string {
  return `${kind.toLowerCase()}/${name}.${namespace}`;
}

/** What is told beside the message, sorted by name. */
export function factsOf({ metadata = {} }: FluxEvent): readonly (readonly [name: string, value: string])[] {
  return Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
}

export function isFailure({ severity }: FluxEvent): boolean {
  return severity === 'error';
}

/** Every word of a reason with a capital, and nothing between them. */
export function titleCased(reason: string): string {
  return reason.replace(/(^|[^A-Za-z0-9]+)([a-z])/g, (_, _gap: string, letter: string) =>
    letter.toUpperCase(),
  );
}

/** An event for whoever reads Markdown: which object, what happened, and the facts beside it. */
export function markdownOf(event: FluxEvent): string {
  const { kind, namespace, name } = event.involvedObject;
  const facts = factsOf(event).filter(([key]) => key !== 'change_request');
  const lines = facts.map(([key, value]) => `* \`${key}\`: ${value}\n`);
  const mark = isFailure(event) ? '⚠️' : 'ℹ️';
  return `## Flux Status\n\n${mark} ${kind}/${namespace}/${name}\n\n${event.message}\n\nMetadata:\n${lines.join('')}`;
}
