import { Option, type Command } from 'commander';
import { optionsOf, type ControllerFlags } from '../controller-flags/options.js';
import { controllerFlags, type FlagRow } from '../controller-flags/table.js';
import type { Io } from '../io.js';

/** `sluice controller`: the controllers, until a signal ends them. Its flags are in `controller-flags/table.ts`. */
export function registerController(program: Command, io: Io): void {
  const controller = addControllerFlags(
    program.command('controller').description('run the controllers against a cluster'),
  );
  controller.action(async (flags: ControllerFlags) => {
    const options = optionsOf(controller, io, flags);
    // Loaded here, so that short commands do not pay for it.
    const { startController } = await import('../../main.js');
    const running = await startController(options);
    if (running.pageUrl !== undefined) io.out.write(`page ${running.pageUrl}\n`);
    const stop = (): void => void running.stop();
    if (io.interrupted.aborted) stop();
    io.interrupted.addEventListener('abort', stop, { once: true });
    await running.done;
  });
}

/** Gives a command the flags of the table. */
export function addControllerFlags(command: Command): Command {
  for (const row of controllerFlags) command.addOption(optionFor(row));
  // Other spellings; commander stores what it reads under the same name.
  for (const flags of ['--metrics-port <port>', '--metricsPort <port>', '--healthz-port <port>'])
    command.addOption(new Option(flags).hideHelp());
  return command;
}

function optionFor({ flags, preset, text, noEffect, refused }: FlagRow): Option {
  const why = noEffect ?? refused;
  const what = noEffect === undefined ? 'refused' : 'no effect';
  const option = new Option(flags, why === undefined ? text : `${text} (${what}: ${why})`);
  // A preset of a flag without effect is for the document alone.
  return preset === undefined || noEffect !== undefined ? option : option.default(preset);
}
