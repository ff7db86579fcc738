import { Command } from 'commander';
import type { Pod } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { registerTrace } from '#cli/commands/flow/trace.js';
import type { Io, Output } from '#cli/io.js';
import { AppError } from '#ports/errors.js';
import { createRealClock } from '#runtime/clock.js';
import type { Check } from './report.js';
import type { ScenarioParts } from './scenario.js';
import { shopNamespace } from './scene.js';

/** `sluice trace` of a pod that runs now: its image leads to a line of a file, a commit and its author. */
export async function trace({ stack, screen }: ScenarioParts): Promise<readonly Check[]> {
  const { kube } = stack.sandbox;
  const { items } = await kube.list<Pod>(kinds.pod, {
    namespace: shopNamespace,
    labelSelector: 'app=storefront',
  });
  const pod = items.find(({ spec }) => spec.containers[0]?.image?.endsWith(':v2') === true)?.metadata.name;
  const lines = pod === undefined ? [] : await traced(stack, `pod/${pod}`);
  screen.say(`$ sluice -n ${shopNamespace} trace pod/${pod ?? ''}`);
  for (const line of lines) screen.say(`  ${line}`);
  const image = lines.find((line) => line.startsWith('Image:')) ?? '';
  return [
    {
      what: 'trace led from the image of a pod to its line in Git',
      isKept: /storefront-rollout\.yaml:\d+ .*"shop: v2" by Demo/.test(image),
      detail: image.replace(/^Image:\s*/, ''),
    },
  ];
}

/** What the command prints, line by line. */
async function traced(
  { sandbox, folder }: ScenarioParts['stack'],
  object: string,
): Promise<readonly string[]> {
  let text = '';
  const out: Output = { write: (more) => void (text += more), columns: undefined, rows: undefined };
  const nothingToRead = (): never => {
    throw new AppError('ConfigInvalid', 'the demo gives trace no files');
  };
  const io: Io = {
    out,
    err: out,
    // Nothing of the user's own Git configuration takes part.
    env: { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
    clock: createRealClock(),
    interrupted: new AbortController().signal,
    readText: nothingToRead,
    listFiles: nothingToRead,
    readLines: nothingToRead,
    connect: () =>
      Promise.resolve({ kube: sandbox.kube, namespace: shopNamespace, close: () => Promise.resolve() }),
  };
  const program = new Command('sluice').exitOverride();
  registerTrace(program, io);
  await program.parseAsync(['trace', object], { from: 'user' });
  return text.split('\n').filter((line) => line !== '');
}
