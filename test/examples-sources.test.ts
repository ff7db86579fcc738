import { createOciRegistry } from '#adapters/remotes/oci/registry.js';
import { createObjectStore } from '#adapters/remotes/s3/object-store.js';
import { createBlobVerifier } from '#adapters/signatures/blob.js';
import { createSignatureVerifier } from '#adapters/signatures/index.js';
import { createGitCli } from '#adapters/git-cli/git-cli.js';
import { nodeSigning } from '#adapters/inbound/signing.js';
import { createAlertSender } from '#adapters/notify/alert/index.js';
import { createSops } from '#adapters/sops/sops.js';
import { AlertDispatcher } from '#controllers/alert/dispatcher.js';
import { createAlertController } from '#controllers/alert/index.js';
import { Postbox } from '#controllers/alert/postbox.js';
import { tapped } from '#controllers/alert/tap.js';
import { createBucketController } from '#controllers/bucket/index.js';
import { createGitRepositoryController } from '#controllers/git-repository/index.js';
import { createKustomizationController } from '#controllers/kustomization/index.js';
import { createOciRepositoryController } from '#controllers/oci-repository/index.js';
import { createHookHandler } from '#controllers/receiver/hooks.js';
import { createReceiverController } from '#controllers/receiver/index.js';
import { createVirtualSandbox } from '#sandbox/virtual-sandbox.js';
import { FakeArtifactStore } from '#test/fakes/artifact-store.js';
import { installedCrds, namespace } from '#test/fakes/installed-crds.js';
import { createSilentLog } from '#test/fakes/silent-log.js';
import { sourceExamples, type ExampleCluster } from '#test/fakes/source-examples.js';

const nobody = { verify: () => Promise.resolve({ ok: false, problem: 'nobody signs here' } as const) };

/** The sandbox in virtual time with every controller of Git; remotes are real. */
function sandboxCluster(): ExampleCluster {
  const sandbox = createVirtualSandbox({
    objects: [...installedCrds(), namespace('flux-system'), namespace('shop')],
  });
  const { engine, clock, events } = sandbox;
  const artifacts = new FakeArtifactStore();
  const log = createSilentLog();
  const kube = engine.ownWrites(sandbox.kube);
  const deps = { cache: engine.cache, kube, clock, log, events };
  const dispatcher = new AlertDispatcher({
    ...deps,
    sender: createAlertSender({}),
    postbox: new Postbox({ clock }),
  });
  const sink = (event: Parameters<typeof dispatcher.accept>[0]) => void dispatcher.accept(event);
  const from = { controller: 'source-controller', instance: 'sandbox', clock };
  const sources = { ...deps, events: tapped(events, sink, from), artifacts };
  const apps = { tokenOf: () => Promise.resolve('') };
  engine.start(
    createGitRepositoryController({
      ...sources,
      git: createGitCli(),
      apps,
      signatures: createSignatureVerifier(),
    }),
  );
  engine.start(
    createOciRepositoryController({ ...sources, registry: createOciRegistry(), blobs: createBlobVerifier() }),
  );
  engine.start(createBucketController({ ...sources, store: createObjectStore(clock) }));
  engine.start(
    createKustomizationController({ ...deps, watches: engine, fetcher: artifacts, sops: createSops() }),
  );
  engine.start(createReceiverController(deps));
  engine.start(createAlertController(dispatcher));
  const handle = createHookHandler({ ...deps, signing: nodeSigning, tokens: nobody, oidc: nobody });
  return {
    kube: sandbox.kube,
    async until(what, isSo) {
      for (let tries = 0; tries < 40; tries += 1) {
        await clock.advance(1000);
        await dispatcher.settled();
        if (await isSo()) return;
      }
      throw new Error(`never: ${what}`);
    },
    async call(path, body, headers) {
      const answer = await handle({ method: 'POST', path, headers, body: Buffer.from(body) });
      return answer.status;
    },
    end: () => Promise.resolve(),
  };
}

describe('an example of sources and notifications, in the sandbox', () => {
  sourceExamples(() => Promise.resolve(sandboxCluster()));
});
