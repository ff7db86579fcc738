import type { Command } from 'commander';
import { UsageError } from '../command.js';
import type { Io } from '../io.js';

/** `sluice completion SHELL`: a script that completes commands and flags. */
export function registerCompletion(program: Command, io: Io): void {
  program
    .command('completion <shell>')
    .description('print a completion script for bash, zsh or fish')
    .action((shell: string) => {
      const print = scripts[shell];
      if (print === undefined)
        throw new UsageError(`${shell}: expected one of ${Object.keys(scripts).join(', ')}`);
      io.out.write(print(program));
    });
}

const scripts: Readonly<Record<string, (program: Command) => string>> = {
  bash: printBash,
  zsh: (program) => `#compdef sluice kubectl-sluice
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${printBash(program)}`,
  fish: printFish,
};

interface Place {
  /** The commands before it, `''` for the program itself. */
  readonly path: string;
  readonly command: Command;
}

function placesOf(command: Command, path = ''): readonly Place[] {
  const inner = command.commands.flatMap((child) =>
    [child.name(), ...child.aliases()].flatMap((name) => placesOf(child, `${path} ${name}`.trim())),
  );
  return [{ path, command }, ...inner];
}

function printBash(program: Command): string {
  const places = placesOf(program);
  const cases = places.map(({ path, command }) => {
    const flags = [program, command].flatMap(({ options }) => options.map((option) => option.long ?? ''));
    const words = [...command.commands.map((child) => child.name()), ...new Set(flags), '--help'];
    return `    "${path}") words="${words.join(' ')}" ;;`;
  });
  // The value behind such a flag is no command.
  const withValue = places.flatMap(({ command }) =>
    command.options
      .filter((option) => option.required)
      .flatMap((option) => [option.short, option.long].filter((flag) => flag !== undefined)),
  );
  const known = places.map(({ path }) => path).filter((path) => path !== '');
  return `_sluice() {
  local path="" next word words="" skip=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n "$skip" ]]; then skip=""; continue; fi
    case "$word" in
      ${[...new Set(withValue)].join('|')}) skip=1 ;;
      -*) ;;
      *)
        next="\${path:+$path }$word"
        case "$next" in
          ${known.map((path) => `"${path}"`).join('|')}) path="$next" ;;
        esac ;;
    esac
  done
  [[ -n "$skip" ]] && return
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _sluice sluice kubectl-sluice
`;
}

function printFish(program: Command): string {
  const lines = placesOf(program).flatMap(({ path, command }) => {
    const condition =
      path === ''
        ? '__fish_use_subcommand'
        : path
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ');
    const children = command.commands.map(
      (child) =>
        `complete -c sluice -f -n '${condition}' -a ${child.name()} -d ${quoted(child.description())}`,
    );
    const flags = command.options.map(({ long = '', required, description }) => {
      const where = path === '' ? '' : ` -n '${condition}'`;
      return `complete -c sluice${where} -l ${long.slice(2)}${required ? ' -r' : ''} -d ${quoted(description)}`;
    });
    return [...children, ...flags];
  });
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
