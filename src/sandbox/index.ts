/** The embedded cluster: in real time for people, in virtual time for stories and rehearsal. */
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.js';
export { createVirtualSandbox, type VirtualSandbox, type VirtualSandboxOptions } from './virtual-sandbox.js';
export { crashAfterWrites, type CrashingKube } from './engine/crashing-kube.js';
