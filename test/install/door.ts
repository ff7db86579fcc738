import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { parseYaml, printYaml } from '#core/yaml/yaml.js';

/** A way to the API server that is shut until it is opened. */
export async function createDoor(kubeconfig: string) {
  const config: any = (parseYaml(readFileSync(kubeconfig, 'utf8')) as { value: any }).value;
  const target = new URL(config.clusters[0].cluster.server);
  const port = await freePort();
  const path = `${kubeconfig}.door-${port}`;
  const cluster = {
    ...config.clusters[0].cluster,
    server: `https://127.0.0.1:${port}`,
    'tls-server-name': target.hostname,
  };
  writeFileSync(path, printYaml({ ...config, clusters: [{ ...config.clusters[0], cluster }] }), {
    mode: 0o600,
  });
  let server: Server | undefined;
  return {
    kubeconfig: path,
    open: async () => {
      server = createServer((near) => {
        const far = connect(Number(target.port || 443), target.hostname);
        near.pipe(far).pipe(near);
        for (const end of [near, far]) end.on('error', () => [near, far].forEach((one) => one.destroy()));
      }).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: async () => void server?.close(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
