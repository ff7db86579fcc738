import { directoryOf, readText, type FileTree } from '../file-tree.js';
import { parseIgnorePattern, type IgnorePattern } from './ignore-pattern.js';

const vcsPatterns = ['.git/', '.gitignore', '.gitmodules', '.gitattributes'];

const unwantedExtensions = ['jpg', 'jpeg', 'gif', 'png', 'wmv', 'flv', 'tar.gz', 'zip'];

const defaultPatterns = [
  ...unwantedExtensions.map((extension) => `*.${extension}`),
  '.github/',
  '.circleci/',
  '.travis.yml',
  '.gitlab-ci.yml',
  'appveyor.yml',
  '.drone.yml',
  'cloudbuild.yaml',
  'codeship-services.yml',
  'codeship-steps.yml',
  '**/.goreleaser.yml',
  '**/.sops.yaml',
  '**/.flux.yaml',
];

/** One line of gitignore, valid below a directory. */
interface IgnoreRule {
  readonly directory: string;
  readonly isNegated: boolean;
  readonly matches: IgnorePattern;
}

/** Whether a file, or a directory whose path ends in `/`, is left out of the artifact. */
export type IsIgnored = (path: string) => boolean;

/**
 * The rules of a source: those of version control, then either the built-in defaults, or, as soon as there is any
 * pattern of the user, every `.sourceignore` (valid in its directory) and `spec.ignore` last. The last match wins, and a
 * match of a parent directory counts as one of the file, so that `!dir/file` takes back what `dir/` left out.
 */
export function ignoreRules(tree: FileTree, specIgnore: string | undefined): IsIgnored {
  const fromFiles = [...tree.keys()]
    .filter((path) => path === '.sourceignore' || path.endsWith('/.sourceignore'))
    .sort()
    .flatMap((path) => parseRules(readText(tree, path) ?? '', directoryOf(path)));
  const fromUser = [...fromFiles, ...parseRules(specIgnore ?? '', '')];
  const rules = [
    ...parseRules(vcsPatterns.join('\n'), ''),
    ...(fromUser.length > 0 ? fromUser : parseRules(defaultPatterns.join('\n'), '')),
  ];
  return decider(rules);
}

/** The rules of a bucket: its root `.sourceignore`, then `spec.ignore`; nothing is left out by default. */
export function bucketIgnoreRules(rootFile: string | undefined, specIgnore: string | undefined): IsIgnored {
  const rules = [...parseRules(rootFile ?? '', ''), ...parseRules(specIgnore ?? '', '')];
  return decider(rules);
}

/** No file has a longer path, so a longer pattern leaves nothing out. */
const longestPath = 4096;

/** The last rule that matches decides. */
function decider(rules: readonly IgnoreRule[]): IsIgnored {
  return (path) => {
    const isDirectory = path.endsWith('/');
    const names = (isDirectory ? path.slice(0, -1) : path).split('/');
    return rules.findLast((rule) => appliesTo(rule, names, isDirectory))?.isNegated === false;
  };
}

function parseRules(text: string, directory: string): readonly IgnoreRule[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.trim() !== '' && !line.startsWith('#') && line.length <= longestPath)
    .map((line) => {
      const isNegated = line.startsWith('!');
      return { directory, isNegated, matches: parseIgnorePattern(isNegated ? line.slice(1) : line) };
    });
}

function appliesTo(rule: IgnoreRule, names: readonly string[], isDirectory: boolean): boolean {
  if (rule.directory === '') return rule.matches(names, isDirectory);
  const above = rule.directory.split('/');
  if (names.length <= above.length || above.some((name, i) => names[i] !== name)) return false;
  return rule.matches(names.slice(above.length), isDirectory);
}
