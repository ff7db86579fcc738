import { expect } from 'chai';
import { AppError, type ErrorCode } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { comesToRest, createLab, labAnalysis, labTemplate, type Lab } from './lab.js';
import { namespace } from './world.js';

const hashKey = 'rollouts-pod-template-hash';

describe('an Experiment that cannot do what it is asked', () => {
  describe('what the API server refuses', () => {
    const given = {
      scaleDownDelaySeconds: 0,
      templates: [labTemplate('a', { service: {} })],
      analyses: [{ name: 'check', templateName: 'check' }],
    };
    const message = 'it may not be';

    /** Writes of this kind fail with this code, `times` times. */
    function refusing(verb: 'create' | 'patch', kind: string, code: ErrorCode, times = Infinity): Lab {
      let left = times;
      const refuse = (target: Kube): Kube =>
        new Proxy(target, {
          get: (kube, name: keyof Kube) => {
            const method = kube[name].bind(kube) as (...args: unknown[]) => Promise<unknown>;
            if (name !== verb) return method;
            return (...args: unknown[]) => {
              const [first] = args as [{ readonly kind: string | { readonly kind: string } }];
              const at = typeof first.kind === 'string' ? first.kind : first.kind.kind;
              if (at !== kind || left <= 0) return method(...args);
              left -= 1;
              return Promise.reject(new AppError(code, message));
            };
          },
        });
      return createLab({ objects: [labAnalysis('check')], spec: given, wrapKube: refuse });
    }

    const cases: readonly (readonly ['create' | 'patch', string, string, string | undefined])[] = [
      [
        'create',
        'ReplicaSet',
        `Failed to create ReplicaSet for template 'a': ${message}`,
        `! ReplicaSetCreateError: Failed to create new replica set "lab-a": ${message}`,
      ],
      ['create', 'Service', `Failed to create Service lab-a for template 'a': ${message}`, undefined],
      [
        'patch',
        'ReplicaSet',
        `Unable to scale ReplicaSet for template 'a' to desired replica count '1': ${message}`,
        `! ReplicaSetUpdateError: Failed to scale lab-a up: ${message}`,
      ],
      ['create', 'AnalysisRun', `Failed to create AnalysisRun for analysis 'check': ${message}`, undefined],
    ];
    for (const [verb, kind, said, event] of cases) {
      for (const code of ['KubeInvalid', 'KubeForbidden'] as const) {
        it(`${verb} ${kind} with ${code}: Error, in its words`, async () => {
          const lab = refusing(verb, kind, code);
          await lab.pass(30);
          expect(await lab.says()).to.equal(`Error: ${said}`);
          if (event !== undefined) expect(await lab.events()).to.include(event);
          expect(await lab.pods()).to.be.oneOf(['', 'a=0/0']);
          await comesToRest(lab);
        });
      }

      it(`${verb} ${kind} for a moment: it is tried again`, async () => {
        const lab = refusing(verb, kind, 'KubeUnavailable', 3);
        await lab.pass(60);
        expect(await lab.says()).to.equal('Running');
        expect(await lab.runs()).to.deep.equal(['lab-check:open']);
      });
    }
  });

  describe('collisions', () => {
    it('two templates with the same pods get hashes of their own, so that no Service mixes them', async () => {
      const same = labTemplate('b', { service: {} }, 'a:1');
      const template = labTemplate('a').template;
      const lab = createLab({
        spec: {
          templates: [
            labTemplate('a', { service: {} }),
            { ...same, selector: { matchLabels: { app: 'a' } }, template },
          ],
        },
      });
      await lab.pass(5);
      const hashes = (await lab.world.services()).map(({ spec }) => spec.selector?.[hashKey]);
      expect(new Set(hashes).size).to.equal(2);
      expect(
        (await lab.experiment()).status.templateStatuses?.map(({ collisionCount }) => collisionCount),
      ).to.deep.equal([undefined, 1]);
      await comesToRest(lab);
    });

    it('a ReplicaSet name that somebody else has gets a suffix', async () => {
      const foreign = (labels: Record<string, string>) => ({
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'lab-a', namespace, labels },
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'x' } },
          template: {
            metadata: { labels: { app: 'x' } },
            spec: { containers: [{ name: 'x', image: 'x:1' }] },
          },
        },
      });
      for (const labels of [{}, { [hashKey]: 'x' }]) {
        const lab = createLab({ objects: [foreign(labels)], spec: { templates: [labTemplate('a')] } });
        await lab.pass(5);
        expect((await lab.replicaSet('a')).metadata.name).to.equal('lab-a-1');
        expect(await lab.says()).to.equal('Running');
        await comesToRest(lab);
      }
    });
  });

  describe('a spec that cannot be followed', () => {
    const cases: readonly (readonly [string, object, string])[] = [
      [
        'no selector',
        { templates: [labTemplate('z'), { ...labTemplate('a'), selector: undefined }] },
        "Rollout has missing field '.Spec.Templates[1].Selector'",
      ],
      [
        'an empty selector',
        { templates: [{ ...labTemplate('a'), selector: {} }] },
        'This experiment is selecting all pods at index 0. A non-empty selector is required.',
      ],
      [
        'minReadySeconds over the deadline',
        { progressDeadlineSeconds: 10, templates: [labTemplate('a', { minReadySeconds: 11 })] },
        'MinReadySeconds cannot be longer than ProgressDeadlineSeconds. Check template index 0',
      ],
      [
        'an empty name',
        { templates: [labTemplate('')] },
        'Experiment lab has empty template name at index 0',
      ],
      [
        'a repeated name',
        { templates: [labTemplate('a'), labTemplate('a')] },
        "Experiment lab has repeated template name 'a' in templates",
      ],
    ];
    for (const [what, spec, message] of cases) {
      it(`${what}: condition InvalidSpec, and nothing else happens`, async () => {
        const lab = createLab({ spec });
        await lab.pass(5);
        const { status } = await lab.experiment();
        expect(status.conditions).to.have.length(1);
        expect(status.conditions?.[0]).to.include({
          type: 'InvalidSpec',
          status: 'True',
          reason: 'InvalidSpec',
          message,
        });
        expect(status).not.to.have.any.keys('phase', 'templateStatuses');
        expect(await lab.pods()).to.equal('');
        await comesToRest(lab);
      });
    }

    it('that is mended is followed, and the condition goes', async () => {
      const lab = createLab({ spec: { templates: [labTemplate('a'), labTemplate('a')] } });
      await lab.pass(5);
      await lab.patch({ spec: { templates: [labTemplate('a')] } });
      await lab.pass(5);
      expect(await lab.says()).to.equal('Running');
      expect((await lab.experiment()).status.conditions?.map(({ type }) => type)).to.deep.equal([
        'Progressing',
      ]);
    });

    it('that is wrong in another way says so', async () => {
      const lab = createLab({ spec: { templates: [labTemplate('')] } });
      await lab.pass(5);
      await lab.patch({ spec: { templates: [labTemplate('a'), labTemplate('a')] } });
      await lab.pass(5);
      expect((await lab.experiment()).status.conditions?.map(({ message }) => message)).to.deep.equal([
        "Experiment lab has repeated template name 'a' in templates",
      ]);
    });
  });
});
