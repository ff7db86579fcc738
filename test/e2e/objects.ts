/** A Rollout with one container; `strategy` as its spec has it. */
export function rollout(name: string, image: string, strategy: object, replicas = 4): any {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name },
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 8080 }] }],
        },
      },
      strategy,
    },
  };
}

/** A Service of the pods labelled `app`. */
export function service(name: string, app: string): any {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}

/** An Ingress of class nginx with one host, whose path leads to a Service. */
export function ingress(name: string, backend: string): any {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: `${name}.example.test`,
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: backend, port: { name: 'http' } } },
              },
            ],
          },
        },
      ],
    },
  };
}

/** A template that asks a web address each second and wants `ok` to be true, three times. */
export function webTemplate(name: string, url: string): any {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name },
    spec: {
      metrics: [
        {
          name: 'answer',
          interval: '1s',
          count: 2,
          failureLimit: 0,
          successCondition: 'result.ok == true',
          provider: { web: { url, jsonPath: '{$}' } },
        },
      ],
    },
  };
}
