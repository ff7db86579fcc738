import { createProcessIo } from './process-io.js';
import { runCli } from './program.js';

const io = createProcessIo();
process.exitCode = await runCli(process.argv.slice(2), io);
