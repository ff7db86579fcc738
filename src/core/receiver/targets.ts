import type { Receiver, ReceiverResource } from '#api/flux/receiver.js';

/** Kinds that may be named without an apiVersion, and the one that is meant. */
const apiVersions: Readonly<Record<string, string>> = {
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  OCIRepository: 'source.toolkit.fluxcd.io/v1',
  Bucket: 'source.toolkit.fluxcd.io/v1',
  HelmRepository: 'source.toolkit.fluxcd.io/v1',
  HelmChart: 'source.toolkit.fluxcd.io/v1',
  ExternalArtifact: 'source.toolkit.fluxcd.io/v1',
  ImageRepository: 'image.toolkit.fluxcd.io/v1',
  ArtifactGenerator: 'source.extensions.fluxcd.io/v1beta1',
};

/** One entry of `spec.resources`, as what is asked of the API server. */
export interface HookTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  /** Absent: every object with these labels. */
  readonly name?: string;
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly filter?: string;
}

/** The target of an entry, or why there is none. */
export type ResolvedTarget =
  | { readonly ok: true; readonly target: HookTarget }
  | { readonly ok: false; readonly problem: string; readonly isDenied: boolean };

/** What an entry names. @param isLocked - whether other namespaces are out of reach. */
export function resolveTarget(
  receiver: Receiver,
  resource: ReceiverResource,
  isLocked: boolean,
): ResolvedTarget {
  const own = receiver.metadata.namespace ?? '';
  const { kind, name, namespace = own, matchLabels, filter } = resource;
  const apiVersion = resource.apiVersion ?? apiVersions[kind];
  const refused = (problem: string, isDenied = false): ResolvedTarget => ({ ok: false, problem, isDenied });
  if (apiVersion === undefined) return refused(`apiVersion must be specified for kind '${kind}'`);
  if (isLocked && namespace !== own) {
    return refused(
      `can't access '${kind}/${namespace}/${name}', cross-namespace references have been blocked`,
      true,
    );
  }
  const what = { apiVersion, kind, namespace, ...(filter === undefined ? {} : { filter }) };
  if (name !== '*') return { ok: true, target: { ...what, name } };
  return { ok: true, target: { ...what, ...(matchLabels === undefined ? {} : { matchLabels }) } };
}
