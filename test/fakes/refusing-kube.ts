import type { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';

/** A request as a test tells it: `patch GitRepository`, `patch GitRepository/status`, `get Secret`. */
export type Refusing = (request: string) => AppError | undefined;

/** The same Kube, which throws what `refusing` gives for a request instead of sending it. */
export function refusingKube(kube: Kube, refusing: Refusing): Kube {
  return new Proxy(kube, {
    get: (target, name: keyof Kube) => {
      const method = target[name].bind(target) as (...args: unknown[]) => unknown;
      if (!asking.includes(name)) return method;
      return async (...args: unknown[]) => {
        const error = refusing(`${name} ${kindOf(args[0])}${partOf(args.at(-1))}`);
        if (error !== undefined) throw error;
        return method(...args);
      };
    },
  });
}

const asking: readonly (keyof Kube)[] = ['get', 'list', 'create', 'update', 'patch', 'delete'];

/** What a request is about: a kind, the key of an object, or an object itself. */
function kindOf(first: unknown): string {
  const { kind } = first as { readonly kind: string | { readonly kind: string } };
  return typeof kind === 'string' ? kind : kind.kind;
}

function partOf(options: unknown): string {
  const { subresource } = (options ?? {}) as { readonly subresource?: string };
  return subresource === undefined ? '' : `/${subresource}`;
}
