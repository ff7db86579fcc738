import type { Command } from 'commander';
import { AppError } from '#ports/errors.js';
import type { Io } from '../io.js';

/** `sluice completion SHELL`: a script that completes commands and flags. */
export function registerCompletion(program: Command, io: Io): void {
  program
    .command('completion <shell>')
    .description('print a completion script for bash, zsh or fish')
    .action((shell: string) => {
      const print = scripts[shell];
      if (print === undefined)
        throw new AppError('ConfigInvalid', `${shell}: expected one of ${Object.keys(scripts).join(', ')}`);
      io.out.write(print(wordsOf(program)));
    });
}

/** Words that may follow a path of commands, `''` being the program itself. */
type Words = ReadonlyMap<string, readonly string[]>;

function wordsOf(program: Command): Words {
  const words = new Map<string, readonly string[]>();
  const visit = (command: Command, path: string): void => {
    const own = command.commands.map((child) => child.name());
    const flags = command.options.flatMap((option) => (option.long === undefined ? [] : [option.long]));
    words.set(path, [...own, ...flags, '--help']);
    for (const child of command.commands)
      visit(child, path === '' ? child.name() : `${path} ${child.name()}`);
  };
  visit(program, '');
  return words;
}

const scripts: Readonly<Record<string, (words: Words) => string>> = {
  bash: (words) => `_sluice() {
  local path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${[...words].map(([path, list]) => `    "${path}") COMPREPLY=($(compgen -W "${list.join(' ')}" -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`).join('\n')}
  esac
}
complete -F _sluice sluice kubectl-sluice
`,
  zsh: (words) => `#compdef sluice kubectl-sluice
autoload -U +X bashcompinit && bashcompinit
${scripts['bash']?.(words) ?? ''}`,
  fish: (words) =>
    [...words]
      .flatMap(([path, list]) => {
        const condition =
          path === ''
            ? '__fish_use_subcommand'
            : path
                .split(' ')
                .map((word) => `__fish_seen_subcommand_from ${word}`)
                .join('; and ');
        return list.map((word) =>
          word.startsWith('--')
            ? `complete -c sluice -n '${condition}' -l ${word.slice(2)}`
            : `complete -c sluice -f -n '${condition}' -a ${word}`,
        );
      })
      .join('\n')
      .concat('\n'),
};
