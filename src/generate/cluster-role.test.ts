import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { trafficProviders } from '#providers/index.js';
import { createAnalysisRunController } from '#controllers/analysis-run/index.js';
import { createExperimentController } from '#controllers/experiment/index.js';
import { createGitRepositoryController } from '#controllers/git-repository/index.js';
import { createKustomizationController } from '#controllers/kustomization/index.js';
import { createRolloutController } from '#controllers/rollout/index.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { renderRoles } from './cluster-role.js';

describe('generated roles', () => {
  const files = renderRoles();
  const parsed = parseYaml(files[0]?.text ?? '');
  const role: any = parsed.ok ? parsed.value : {};
  const verbsOn = (group: string, resource: string): readonly string[] =>
    role.rules
      .filter((rule: any) => rule.apiGroups.includes(group) && rule.resources.includes(resource))
      .flatMap((rule: any) => rule.verbs);

  for (const { path, text } of files) {
    it(`${path} is what \`make generate\` writes`, () => {
      expect(readFileSync(path, 'utf8')).to.equal(text);
    });
  }

  it('let every controller list and watch what it says it watches', () => {
    // What a controller watches is known before it is given anything to work with.
    const nothing: any = {};
    const definitions = [
      createRolloutController(nothing),
      createExperimentController(nothing),
      createAnalysisRunController(nothing),
      createGitRepositoryController(nothing),
      createKustomizationController(nothing),
    ];
    for (const { kind } of definitions.flatMap(({ watches }) => watches)) {
      expect(verbsOn(kind.group, kind.plural), kind.plural).to.include.members(['list', 'watch']);
    }
  });

  it('grant each provider what it registers, and each resource once', () => {
    for (const { kind, verbs } of trafficProviders.flatMap(({ watches }) => watches)) {
      expect(verbsOn(kind.group, kind.plural)).to.include.members([...verbs]);
    }
    const names = role.rules.flatMap((rule: any) =>
      rule.resources.map((one: string) => rule.apiGroups[0] + one),
    );
    expect(new Set(names).size).to.equal(names.length);
  });

  it('never list Secrets, and name no resource by a star', () => {
    expect(verbsOn('', 'secrets')).to.deep.equal(['get']);
    for (const { text } of files) expect(text).not.to.match(/['"]?\*['"]?$/m);
  });
});
