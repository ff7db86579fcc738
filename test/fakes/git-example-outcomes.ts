/** Without `postBuild` a manifest stays as it is written. */
const untouched = '${DOMAIN:=none} ${REGION:=none}';

/** Deployments that each example brings, `namespace/name domain region`, in the sandbox as on a real API server. */
export const broughtBy: Readonly<Record<string, readonly string[]>> = {
  'git-minimal': [`shop/my-app ${untouched}`],
  'git-sync-loop': [`shop/my-app ${untouched}`],
  'git-unmanaged-drift': [`shop/my-app ${untouched}`],
  'git-night-edit': [`shop/my-app ${untouched}`],
  'git-on-abort': [`shop/my-app ${untouched}`],
  'git-environment': ['production/myapp production.example.com us-east-1'],
  'git-tenant': ['production/api-server production.example.com none'],
  'git-ordered': [
    `shop/application ${untouched}`,
    `shop/cert-manager ${untouched}`,
    `shop/ingress-nginx ${untouched}`,
  ],
};
