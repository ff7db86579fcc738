import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import { createObject } from '#sandbox/create-object.js';
import { createEngine } from '#sandbox/engine/engine.js';
import { createRealClock } from '#runtime/clock.js';
import { StoreEventRecorder } from '#sandbox/engine/event-recorder.js';
import { createStoreFeed } from '#sandbox/engine/store-feed.js';
import { serveStore } from '#sandbox/http/serve.js';
import { createStoreKube } from '#sandbox/kube/store-kube.js';
import { kubeletController, nodeObject } from '#sandbox/pods/kubelet.js';
import { createScriptedPods } from '#sandbox/pods/scripted/scripted-pods.js';
import { createStore } from '#sandbox/store/store.js';
import { workloadControllers } from '#sandbox/workloads/index.js';

const pauseSeconds = 4;
const namespace = 'default';

/** A small cluster whose pods are ready after 100 ms; `strategy` is that of every Rollout, default a canary behind NGINX. */
export async function startCluster(rollouts: number, strategy?: object) {
  const clock = createRealClock();
  const store = createStore({ clock });
  const kube = createStoreKube(store);
  for (const object of [...(await crds()), nodeObject()]) createObject(store, object);
  for (let i = 0; i < rollouts; i++)
    for (const object of application(`app-${i}`, strategy)) createObject(store, object);
  const engine = createEngine({ feed: createStoreFeed(store), clock });
  const deps = { cache: engine.cache, kube, clock, events: new StoreEventRecorder(kube, clock, 'bench') };
  const runtime = createScriptedPods({ images: { '*': { readyAfterMs: 100 } } });
  for (const definition of [...workloadControllers(deps), kubeletController({ ...deps, runtime })]) {
    engine.start(definition);
  }
  const served = await serveStore(store);
  const close = async () => {
    await served.close();
    await engine.close();
  };
  return { url: served.url, kube, close };
}

/** Gives a Rollout a new revision. */
export function newRevision(name: string): { readonly key: object; readonly body: unknown } {
  const key = { kind: kinds.rollout, namespace, name };
  return { key, body: { spec: { template: { metadata: { labels: { revision: String(Date.now()) } } } } } };
}

export const step = { namespace, pauseSeconds, weight: '40' };

async function crds(): Promise<readonly KubeObject[]> {
  const files = (await readdir('crds')).filter((name) => name.endsWith('.yaml'));
  const texts = await Promise.all(files.map((file) => readFile(join('crds', file), 'utf8')));
  return texts.flatMap((text) => {
    const parsed = parseYamlStream(text);
    // Generated from our own schemas.
    return parsed.ok ? (parsed.value as readonly KubeObject[]) : [];
  });
}

function application(name: string, strategy?: object): readonly UnknownObject[] {
  const labels = { app: name };
  const service = (suffix: string): UnknownObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name: `${name}-${suffix}` },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
  });
  const backend = { service: { name: `${name}-stable`, port: { number: 80 } } };
  const paths = [{ path: '/', pathType: 'Prefix', backend }];
  const rollout: UnknownObject = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { namespace, name },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app:v1' }] } },
      strategy: strategy ?? {
        canary: {
          stableService: `${name}-stable`,
          canaryService: `${name}-canary`,
          trafficRouting: { nginx: { stableIngress: name } },
          steps: [
            { setWeight: 20 },
            { pause: { duration: `${pauseSeconds}s` } },
            { setWeight: 40 },
            { pause: {} },
          ],
        },
      },
    },
  };
  const ingress: UnknownObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace, name },
    spec: { ingressClassName: 'nginx', rules: [{ host: `${name}.example`, http: { paths } }] },
  };
  return [service('stable'), service('canary'), ingress, rollout];
}
