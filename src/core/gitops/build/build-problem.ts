/** Why a build failed, where the user has to look. */
export interface BuildProblem {
  /** Path from the root of the source; absent when the Kustomization object itself is at fault. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** The field at fault, for instance `patches[0].target`. */
  readonly field?: string;
  readonly message: string;
  /** It is the generator that lacks something, and not the source: another one may build it. */
  readonly isUnserved?: true;
}

export type BuildResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: BuildProblem };

export function built<T>(value: T): BuildResult<T> {
  return { ok: true, value };
}

export function refused(problem: BuildProblem): BuildResult<never> {
  return { ok: false, problem };
}

/** `file:line: field: message`, without what is not known. */
export function formatBuildProblem({ file, line, field, message }: BuildProblem): string {
  const place = file === undefined ? undefined : line === undefined ? file : `${file}:${line}`;
  return [place, field, message].filter((part) => part !== undefined).join(': ');
}

/** Maps until the first problem, which becomes the result. */
export function collect<A, B>(
  items: Iterable<A>,
  build: (item: A, index: number) => BuildResult<B>,
): BuildResult<readonly B[]> {
  const values: B[] = [];
  let index = 0;
  for (const item of items) {
    const result = build(item, index);
    if (!result.ok) return result;
    values.push(result.value);
    index += 1;
  }
  return built(values);
}

/** Applies steps one after the other until the first problem. */
export function chain<T>(start: T, ...steps: readonly ((value: T) => BuildResult<T>)[]): BuildResult<T> {
  return steps.reduce<BuildResult<T>>(
    (result, step) => (result.ok ? step(result.value) : result),
    built(start),
  );
}
