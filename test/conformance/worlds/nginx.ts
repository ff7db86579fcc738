import type { ProviderWorld } from '../world.js';

const ingress = (name: string, host: string): string => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/rewrite-target: /, kubernetes.io/ingress.class: nginx}
spec:
  ingressClassName: nginx
  tls: [{hosts: [${host}], secretName: tls}]
  defaultBackend: {service: {name: fallback, port: {number: 80}}}
  rules:
  - host: ${host}
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web-stable, port: {number: 80}}}}
      - {path: /static, pathType: Prefix, backend: {service: {name: static, port: {name: http}}}}
  - host: no-http.example
  - host: files.example
    http: {paths: [{path: /, pathType: Prefix, backend: {resource: {kind: Bucket, name: files}}}]}
`;

export const nginxWorlds: readonly ProviderWorld[] = [
  {
    name: 'one ingress',
    config: { stableIngress: 'web', additionalIngressAnnotations: { 'canary-by-header': 'x-canary' } },
    manifests: ingress('web', 'shop.example'),
    foreign: (objects) => objects.filter((o) => o.metadata.name === 'web'),
  },
  {
    name: 'several ingresses, own prefix',
    config: { stableIngresses: ['web', 'shop'], annotationPrefix: 'custom.example' },
    manifests: `${ingress('web', 'shop.example')}\n---\n${ingress('shop', 'www.example')}`,
    foreign: (objects) => objects.filter((o) => !o.metadata.name.endsWith('-canary')),
  },
];
