import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseYaml } from '#core/yaml/yaml.js';
import { isUnder, readChapters, renderCompatibility, type Behaviour } from './compatibility.js';

/** What is wrong with the claims of a behaviour; nothing when each case is there. */
function problemsOf({ what, verdict, why = '', cases = [] }: Behaviour): readonly string[] {
  const missing = cases.flatMap((shown) => {
    const [path = '', title = ''] = shown.split('#');
    if (!existsSync(path)) return [`${what}: there is no ${path}`];
    return readFileSync(path, 'utf8').includes(title)
      ? []
      : [`${what}: ${path} shows nothing named "${title}"`];
  });
  const isShown = verdict === 'absent' || cases.length > 0;
  const isExplained = verdict === 'same' || why !== '';
  return [
    ...missing,
    ...(isShown ? [] : [`${what}: no case shows it`]),
    ...(isExplained ? [] : [`${what}: why is it ${verdict}?`]),
    ...(['same', 'better', 'absent'].includes(verdict) ? [] : [`${what}: ${verdict} is no verdict`]),
  ];
}

describe('docs/compatibility.md', () => {
  it('is what make docs writes', () => {
    expect(readFileSync('docs/compatibility.md', 'utf8')).to.equal(renderCompatibility().text);
  });

  it('claims nothing that no case shows', () => {
    const problems = readChapters().flatMap(({ behaviours }) => behaviours.flatMap(problemsOf));
    expect(problems).to.deep.equal([]);
  });

  it('names only fields that the peers have', () => {
    const parsed = parseYaml(readFileSync('docs/compatibility/fields.yaml', 'utf8'));
    const rules = (parsed.ok ? parsed.value : {}) as Readonly<
      Record<string, Readonly<Record<string, string>>>
    >;
    const unknown = Object.entries(rules).flatMap(([kind, fields]) => {
      const paths = readFileSync(`test/cases/peer-fields/${kind}.txt`, 'utf8')
        .split('\n')
        .map((line) => line.split(' ')[0] ?? '');
      return Object.keys(fields).filter((field) => !paths.some((path) => isUnder(path, field)));
    });
    expect(unknown).to.deep.equal([]);
  });
});
