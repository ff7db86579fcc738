import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { evaluateTrigger, type ConditionResult } from '#core/notify/condition.js';
import type { NotifyConfig, Part, TriggerCondition } from '#core/notify/config.js';
import { renderContent } from '#core/notify/content.js';
import { templateVariables, type Subject } from '#core/notify/variables.js';
import { printYaml } from '#core/yaml/yaml.js';
import { ExitWith, UsageError, withConnection } from '../command.js';
import type { Io } from '../io.js';
import { readConfig, readSubject, type ConfigFlags } from '../notifications/read-config.js';
import { printTable } from '../print/table.js';

interface GetFlags extends ConfigFlags {
  readonly output: string;
}

/** `sluice notifications`: look at templates and triggers, and try them on a Rollout. */
export function registerNotifications(program: Command, io: Io): void {
  const notifications = program
    .command('notifications')
    .description('look at notification templates and triggers, and try them on a rollout');
  const template = notifications.command('template').description('templates of notifications');
  registerGet(template, io, 'templates', (config) => config.templates, templateCells);
  registerNotify(template, io);
  const trigger = notifications.command('trigger').description('triggers of notifications');
  registerGet(trigger, io, 'triggers', (config) => config.triggers, triggerCells);
  registerRun(trigger, io);
}

function withConfigFlags(command: Command): Command {
  return command
    .option('--config-map <file>', 'file of argo-rollouts-notification-configmap; default the cluster’s')
    .option('--secret <file>', 'file of argo-rollouts-notification-secret, or :empty; default the cluster’s')
    .option(
      '--config-namespace <name>',
      'where both are in the cluster; default the namespace of the command',
    );
}

type Parts = ReadonlyMap<string, Part<unknown>>;

function registerGet(
  parent: Command,
  io: Io,
  word: string,
  partsOf: (config: NotifyConfig) => Parts,
  cells: (part: unknown) => readonly string[],
): void {
  const get = withConfigFlags(
    parent.command('get [name]').description(`print the ${word} that are configured`),
  )
    .option('-o, --output <format>', 'wide, name, yaml or json', 'wide')
    .action(async (name: string | undefined, flags: GetFlags) =>
      withConnection(io, get, async (connection) => {
        const config = await readConfig(connection, io, flags);
        const parts = [...partsOf(config)].filter(([key]) => name === undefined || key === name);
        if (parts.length === 0 && name !== undefined)
          throw new ExitWith(1, `no ${word.slice(0, -1)} "${name}" is configured`);
        io.out.write(
          printParts(
            parts.toSorted(([a], [b]) => (a < b ? -1 : 1)),
            flags.output,
            cells,
            word,
          ),
        );
      }),
    );
}

function printParts(
  parts: readonly (readonly [string, Part<unknown>])[],
  output: string,
  cells: (part: unknown) => readonly string[],
  word: string,
): string {
  const values = Object.fromEntries(
    parts.map(([name, part]) => [name, part.ok ? part.value : { problem: part.problem }]),
  );
  switch (output) {
    case 'name':
      return parts.map(([name]) => `${name}\n`).join('');
    case 'yaml':
      return printYaml(values);
    case 'json':
      return `${JSON.stringify(values, undefined, 2)}\n`;
    case 'wide': {
      const header = word === 'templates' ? ['NAME', 'PREVIEW'] : ['NAME', 'TEMPLATE', 'CONDITION'];
      const rows = parts.map(([name, part]) => [
        name,
        ...(part.ok ? cells(part.value) : [`invalid: ${part.problem}`]),
      ]);
      return printTable(header, rows);
    }
    default:
      throw new UsageError(`--output ${output}: expected wide, name, yaml or json`);
  }
}

function templateCells(template: unknown): readonly string[] {
  const text = JSON.stringify(template);
  return [text.length > 80 ? `${text.slice(0, 79)}…` : text];
}

function triggerCells(conditions: unknown): readonly string[] {
  // The parser of the configuration has made them.
  const all = conditions as readonly TriggerCondition[];
  return [
    all.flatMap(({ send }) => send).join(','),
    all.map(({ when, description = '' }) => (description === '' ? (when ?? '') : description)).join(' '),
  ];
}

function registerRun(parent: Command, io: Io): void {
  const run = withConfigFlags(
    parent
      .command('run <trigger> <rollout>')
      .description('evaluate the conditions of a trigger on a rollout'),
  ).action(async (trigger: string, resource: string, flags: ConfigFlags) =>
    withConnection(io, run, async (connection) => {
      const config = await readConfig(connection, io, flags);
      const subject = await readSubject(connection, io, resource);
      const part = config.triggers.get(trigger);
      if (part === undefined) throw new ExitWith(1, `no trigger "${trigger}" is configured`);
      if (!part.ok) throw new ExitWith(1, part.problem);
      const rows = part.value.map((condition) => [
        condition.when ?? '',
        resultWords(evaluateTrigger(condition, subject, config, io.clock.now())),
      ]);
      io.out.write(printTable(['CONDITION', 'RESULT'], rows));
    }),
  );
}

function resultWords(result: ConditionResult): string {
  switch (result.kind) {
    case 'true':
      return 'true';
    case 'false':
      return result.reason === undefined ? 'false' : `false (${result.reason})`;
    case 'invalid':
      return `invalid: ${result.problem}`;
  }
}

interface NotifyFlags extends ConfigFlags {
  readonly recipient: readonly string[];
}

function registerNotify(parent: Command, io: Io): void {
  const notify = withConfigFlags(
    parent
      .command('notify <template> <rollout>')
      .description('make a notification of a template, and print or send it'),
  )
    .option('--recipient <service:recipient...>', 'who gets it; console:stdout prints it', ['console:stdout'])
    .action(async (template: string, resource: string, flags: NotifyFlags) =>
      withConnection(io, notify, async (connection) => {
        const config = await readConfig(connection, io, flags);
        const subject = await readSubject(connection, io, resource);
        for (const recipient of flags.recipient) await deliver(io, config, subject, template, recipient);
      }),
    );
}

async function deliver(
  io: Io,
  config: NotifyConfig,
  subject: Subject,
  template: string,
  target: string,
): Promise<void> {
  const [name = '', ...rest] = target.split(':');
  const recipient = rest.join(':');
  const service = name === 'console' ? { type: 'console', name, options: {} } : serviceOf(config, name);
  const now = io.clock.now();
  const variables = templateVariables(subject, config, { service: name, recipient }, now);
  const content = renderContent([template], service, config, variables, now);
  if (!content.ok) throw new ExitWith(1, content.problem);
  if (name === 'console') {
    io.out.write(printYaml(content.value));
    return;
  }
  // Loaded here, so that short commands do not pay for mail.
  const { notifiers } = await import('#adapters/notify/index.js');
  const notifier = notifiers({ clock: io.clock }).get(service.type);
  if (notifier === undefined) throw new ExitWith(1, `service type '${service.type}' is not supported`);
  const { options } = service;
  await notifier.send({
    options,
    recipient,
    content: content.value,
    id: randomUUID(),
    signal: io.interrupted,
  });
  io.out.write(`sent to ${target}\n`);
}

function serviceOf(config: NotifyConfig, name: string) {
  const service = config.services.get(name);
  if (service === undefined) throw new ExitWith(1, `notification service '${name}' is not supported`);
  if (!service.ok) throw new ExitWith(1, service.problem);
  return service.value;
}
