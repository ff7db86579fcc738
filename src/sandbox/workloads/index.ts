import type { ControllerDefinition } from '#runtime/controller/definition.js';
import { deploymentController } from './deployment/index.js';
import { endpointSliceController } from './endpoint-slice/index.js';
import { replicaSetController } from './replica-set/index.js';
import type { WorkloadDeps } from './workload.js';

export type { WorkloadDeps } from './workload.js';

/** The controllers that a cluster brings along, in the order in which they are run. */
export function workloadControllers(deps: WorkloadDeps): readonly ControllerDefinition[] {
  return [deploymentController(deps), replicaSetController(deps), endpointSliceController(deps)];
}
