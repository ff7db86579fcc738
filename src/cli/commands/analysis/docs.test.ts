import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseYaml } from '#core/yaml/yaml.js';
import { createCliWorld } from '#test/fakes/cli-io.js';
import { PastPrometheus, type PastData } from '#test/fakes/past-prometheus.js';

const root = new URL('../../../../', import.meta.url);
const page = new URL('docs/analysis.md', root);
const isUpdate = process.env['UPDATE'] === '1';

/** What the examples have, as somebody finds it who is in their folder. */
function exampleFiles(): Readonly<Record<string, string>> {
  const folder = new URL('examples/analysis/', root);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  );
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
}

const within = (at: number, from: string, to: string) =>
  at >= Date.parse(from) / 1000 && at < Date.parse(to) / 1000;

/** The shop in November: v1.5.0 fails from its fifth minute on, v1.6.0 a little from its first; a short outage on the 13th. */
const november: PastData = (query, at) => {
  if (!query.includes('http_requests_total')) return [];
  if (within(at, '2025-11-10T10:05:00Z', '2025-11-10T10:40:00Z')) return [{ value: 0.91 }];
  if (within(at, '2025-11-17T10:01:00Z', '2025-11-17T12:00:00Z')) return [{ value: 0.962 }];
  if (within(at, '2025-11-18T14:04:00Z', '2025-11-18T14:05:00Z')) return [{ value: 0.948 }];
  if (within(at, '2025-11-13T06:03:00Z', '2025-11-13T06:07:00Z')) return [{ value: 0.94 }];
  return [{ value: 0.998 }];
};

const shownAddress = 'http://localhost:9090';

describe('docs/analysis.md', () => {
  let server: PastPrometheus;
  before(async () => {
    server = await PastPrometheus.start(november);
  });
  after(() => server.stop());

  async function run(command: string): Promise<string> {
    const world = await createCliWorld({ files: exampleFiles() });
    const { out, err } = await world.run(command.replace(/^sluice /, '').replace(shownAddress, server.url));
    return `${err}${out}`
      .replaceAll(server.url, shownAddress)
      .replace(/\(\d+ ms\)/, '(12 ms)')
      .trimEnd();
  }

  const text = readFileSync(page, 'utf8');
  const blocks = [...text.matchAll(/```console\n\$ ([^\n]*)\n(.*?)```/gs)];
  for (const [whole, command = '', shown = ''] of blocks) {
    it(`shows what is printed by ${command}`, async () => {
      const printed = await run(command);
      if (isUpdate) {
        const now = readFileSync(page, 'utf8');
        writeFileSync(
          page,
          now.replace(whole, () => `\`\`\`console\n$ ${command}\n${printed}\n\`\`\``),
        );
        return;
      }
      expect(shown.trimEnd()).to.equal(printed);
    });
  }

  for (const [name, command] of [
    ['analysis-simulate', 'success-rate.yaml --arg service=checkout --data try/series.yaml'],
    [
      'analysis-comparison',
      'errors-compared.yaml --arg canary-hash=new --arg stable-hash=old --data try/comparison-series.yaml',
    ],
  ] as const) {
    it(`has the picture ${name} that is what the simulation draws`, async () => {
      const picture = new URL(`docs/images/${name}.svg`, root);
      const drawn = await run(`sluice analysis simulate ${command} -o svg`);
      if (isUpdate) writeFileSync(picture, `${drawn}\n`);
      expect(readFileSync(picture, 'utf8').trimEnd()).to.equal(drawn);
      expect(text).to.contain(`images/${name}.svg`);
    });
  }

  it('shows pieces of the files that there are', () => {
    const files = Object.values(exampleFiles()).map((file) => file.replaceAll(/^ +/gm, ''));
    const pieces = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, piece = '']) => piece);
    const strange = pieces.filter(
      (piece) => !files.some((file) => file.includes(piece.replaceAll(/^ +/gm, ''))),
    );
    // What a Rollout says is in no file of this folder.
    expect(strange).to.have.length(1);
    expect(strange[0]).to.contain('templateName: success-rate');
    expect(parseYaml(strange[0] ?? '').ok).to.equal(true);
  });

  it('lists every rule of lint', () => {
    const listed = new Set([...text.matchAll(/`([a-z-]+)`/g)].map(([, word = '']) => word));
    const cases = readFileSync(new URL('test/cases/gate-lint/rules.yaml', root), 'utf8');
    const known = new Set(
      [...cases.matchAll(/['"](?:error|warning|note) ([a-z-]+) /g)].map(([, rule = '']) => rule),
    );
    expect([...known].filter((rule) => !listed.has(rule))).to.deep.equal([]);
    expect(known.size).to.be.greaterThan(30);
  });
});
