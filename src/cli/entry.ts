import { keepHeapSmall } from '#runtime/heap.js';
import { createProcessIo } from './process-io.js';
import { runCli } from './program.js';

/** Timers of the clock keep no process alive; a command that waits must not end before it is done. */
const alive = setInterval(() => undefined, 2 ** 30);
// Before the controllers' modules are loaded, which their command does.
if (process.argv[2] === 'controller') keepHeapSmall();
const io = createProcessIo();
process.exitCode = await runCli(process.argv.slice(2), io);
clearInterval(alive);
// A request without an answer would keep the process alive after the command has been given up, and servers and watches
// those of controllers that have lost their lease.
if (io.interrupted.aborted || process.argv[2] === 'controller') process.exit();
