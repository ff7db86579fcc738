import type { LeaseView } from '../wire/git.js';
import type { GitObject } from './git-input.js';

/** The fields of managed objects that running releases own, as the Kustomization's status lists them. */
export function leasesOf({ status }: GitObject): readonly LeaseView[] {
  return (status?.leased ?? []).map(({ object, fields, note, queued = [] }) => ({
    object,
    fields,
    note: queued.length === 0 ? note : `${note}; Git says otherwise of ${queued.join(', ')}: it waits`,
  }));
}
