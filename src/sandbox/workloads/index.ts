import type { ControllerDefinition } from '#runtime/controller/definition.js';
import { deploymentController } from './deployment/index.js';
import { disruptionBudgetController } from './disruption-budget/index.js';
import { endpointSliceController } from './endpoint-slice/index.js';
import { jobController } from './job/index.js';
import { namespaceController } from './namespace/index.js';
import { replicaSetController } from './replica-set/index.js';
import { serviceAddressController } from './service-address/index.js';
import type { WorkloadDeps } from './workload.js';

/** The controllers that a cluster brings along, in the order in which they are run. */
export function workloadControllers(deps: WorkloadDeps): readonly ControllerDefinition[] {
  return [
    namespaceController(deps),
    serviceAddressController(deps),
    deploymentController(deps),
    replicaSetController(deps),
    jobController(deps),
    endpointSliceController(deps),
    disruptionBudgetController(deps),
  ];
}
