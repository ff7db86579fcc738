import { printYaml } from '#core/yaml/yaml.js';

/** The text of a kubeconfig for an API server without TLS. */
export function kubeconfigFor(url: string, token?: string): string {
  const name = 'sluice-sandbox';
  return printYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url } }],
    users: [{ name, user: token === undefined ? {} : { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
  });
}
