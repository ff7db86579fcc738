import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { EndpointSlice, Pod, Service } from '#api/k8s/core-kinds.js';
import { type Kind, kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { Change, ChangeFeed } from '../engine/change-feed.js';
import { createRealClock } from '#runtime/clock.js';
import { type Gateway, openGateway } from './gateway.js';

const namespace = 'shop';

function feedOf(objects: readonly { readonly kind: string }[]): ChangeFeed {
  return {
    follow: (kind: Kind, listener: (change: Change) => void) => {
      for (const object of objects) {
        if (object.kind === kind.kind)
          listener({ type: 'ADDED', object: object as unknown as UnknownObject });
      }
      return { hasBegun: () => true, stop: () => undefined };
    },
  };
}

/** A Service whose only pod listens at a port of 127.0.0.1. */
function backend(name: string, port: number): readonly [Service, EndpointSlice, Pod] {
  const metadata = { namespace, name, labels: { 'kubernetes.io/service-name': name, version: name } };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80, targetPort: port }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata,
      addressType: 'IPv4',
      ports: [{ port }],
      endpoints: [
        {
          addresses: ['127.0.0.1'],
          conditions: { ready: true },
          targetRef: { kind: 'Pod', namespace, name },
        },
      ],
    },
    { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'web', image: `${name}:1` }] } },
  ];
}

const ingress = {
  apiVersion: 'networking.k8s.io/v1',
  kind: kinds.ingress.kind,
  metadata: { namespace, name: 'web' },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        host: 'nginx.example',
        http: {
          paths: [
            { path: '/', pathType: 'Prefix', backend: { service: { name: 'good', port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
};
const virtualService = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { namespace, name: 'web' },
  spec: {
    hosts: ['istio.example'],
    http: [{ name: 'primary', route: [{ destination: { host: 'good' } }], mirror: { host: 'mirror' } }],
  },
};

describe('gateway as a proxy', () => {
  const servers: Server[] = [];
  const mirrored: string[] = [];
  let gateway: Gateway;

  async function listen(answer: (path: string, body: string) => { code: number } | 'reset'): Promise<number> {
    const server = createServer((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk) => (body += String(chunk)));
      incoming.on('end', () => {
        const answered = answer(incoming.url ?? '', body);
        if (answered === 'reset') incoming.socket.destroy();
        else outgoing.writeHead(answered.code).end(`${incoming.method} ${body}`);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  function send(host: string, options: { path?: string; body?: string; port?: number } = {}) {
    const { path = '/', body, port = gateway.port } = options;
    return new Promise<{ code: number; text: string; flags: unknown }>((resolve, reject) => {
      const asking = request({
        host: '127.0.0.1',
        port,
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: { host },
        agent: false,
      });
      asking.on('response', (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += String(chunk)));
        answer.on('end', () =>
          resolve({ code: answer.statusCode ?? 0, text, flags: answer.headers['x-gateway-drop'] }),
        );
      });
      asking.on('error', reject);
      asking.end(body);
    });
  }

  before(async () => {
    const good = await listen((path) =>
      path === '/reset' ? 'reset' : { code: path === '/bad' ? 500 : 200 },
    );
    const mirror = await listen((path, body) => {
      mirrored.push(`${path} ${body}`);
      return { code: 500 };
    });
    const closed = await listen(() => ({ code: 200 }));
    servers[2]?.close();
    const objects = [
      ...backend('good', good),
      ...backend('mirror', mirror),
      ...backend('gone', closed),
      ingress,
      virtualService,
    ];
    gateway = await openGateway({ feed: feedOf(objects), clock: createRealClock() }, { nginxPort: 0 });
  });

  after(async () => {
    await gateway.close();
    for (const server of servers) server.close();
  });

  it('forwards bodies, copies to the mirror, and tells apart whose fault a failure is', async () => {
    expect(await send('istio.example', { path: '/x', body: 'hello' })).to.include({
      code: 200,
      text: 'POST hello',
    });
    expect(await send('nginx.example', { path: '/bad' })).to.include({ code: 500 });
    expect(await send('gone')).to.include({ code: 503, flags: 'UF' });
    expect(await send('good', { path: '/reset' })).to.include({ code: 503, flags: 'UC' });
    expect(await send('nobody.example')).to.include({ code: 404, flags: 'NR' });
    expect(await send('istio.example', { port: gateway.nginxPort ?? 0 })).to.include({ code: 404 });
    expect(gateway.totals()).to.deep.equal({
      requests: 6,
      appErrors: 1,
      dropped: 4,
      droppedBy: { UF: 1, UC: 1, NR: 2 },
    });
    for (let turns = 0; turns < 100 && mirrored.length === 0; turns++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(mirrored).to.deep.equal(['/x hello']);
  });

  it('counts as a mesh and as an ingress controller do', async () => {
    const { text } = await send('metrics', { path: '/metrics', port: gateway.metricsPort });
    expect(text).to.match(
      /istio_requests_total\{reporter="destination",[^}]*destination_version="good",destination_service="good\.shop\.svc\.cluster\.local",[^}]*response_code="200"[^}]*\} 1/,
    );
    expect(text).to.match(
      /nginx_ingress_controller_requests\{namespace="shop",ingress="web",service="good",canary="",status="500"[^}]*\} 1/,
    );
    expect(text).to.match(
      /gateway_requests_total\{route="Service\/shop\/gone",service="shop\/gone",version="",outcome="dropped"\} 1/,
    );
    expect(text).to.contain('istio_request_duration_milliseconds_bucket');
  });

  it('says which port is taken', async () => {
    const thrown = await openGateway(
      { feed: feedOf([]), clock: createRealClock() },
      { port: gateway.port },
    ).catch((error: unknown) => error);
    expect(String(thrown)).to.contain(`port ${gateway.port} of 127.0.0.1 is in use`);
  });
});
