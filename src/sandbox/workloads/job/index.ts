import type { Pod } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import { defineWorkload, watchOwned, type WorkloadDeps, watchSelf } from '../workload.js';
import { decideJob, type JobSnapshot } from './decide.js';
import type { Job } from './job.js';

/** Runs Jobs to their end. Indexed completion, pod failure policies and managedBy are not obeyed. */
export function jobController(deps: WorkloadDeps): ControllerDefinition {
  return defineWorkload<Job, JobSnapshot>(
    {
      name: 'job',
      kind: kinds.job,
      watches: [watchSelf(kinds.job), watchOwned(kinds.pod, kinds.job)],
      observe: (job, cache, now) => ({
        now,
        job,
        pods: cache.list<Pod>(kinds.pod, { ownerUid: job.metadata.uid ?? '' }),
      }),
      decide: decideJob,
    },
    deps,
  );
}
