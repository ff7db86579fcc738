/** The embedded cluster: in real time for people, in virtual time for stories and rehearsal. */
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.js';
export { createVirtualSandbox, type VirtualSandbox } from './virtual-sandbox.js';
