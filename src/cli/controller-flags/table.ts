import { deniedByDefault } from '#adapters/metrics/http/client/guard.js';

/** One flag of `sluice controller`. */
export interface FlagRow {
  /** As commander reads it: `--qps <number>`; no value makes a boolean. */
  readonly flags: string;
  readonly preset?: string;
  readonly text: string;
  /** Whether the peer's controller has it by this name. */
  readonly isOfPeer: boolean;
  /** Why it is taken and does nothing here. */
  readonly noEffect?: string;
  /** Why the program ends when it is set. */
  readonly refused?: string;
}

const alongRollouts = 'Services and Ingresses are looked after in the pass of their Rollout';
const noRouter = 'there is no router of this kind yet';

function peer(flags: string, preset: string | undefined, text: string, more: Partial<FlagRow> = {}): FlagRow {
  return { flags, ...(preset === undefined ? {} : { preset }), text, isOfPeer: true, ...more };
}

function own(flags: string, text: string, preset?: string): FlagRow {
  return { flags, ...(preset === undefined ? {} : { preset }), text, isOfPeer: false };
}

const worked: readonly FlagRow[] = [
  peer(
    '--namespaced',
    undefined,
    'only one namespace: that of --namespace, else that of the context or the pod',
  ),
  own(
    '--controllers <names...>',
    'only these: rollout, experiment, analysis-run (also called analysis), plugin, notification, git-repository, oci-repository, bucket, kustomization, receiver, alert',
  ),
  peer('--instance-id <id>', '', 'only objects labelled with this instance'),
  own(
    '--watch-label-selector <selector>',
    'only Rollouts, Experiments, AnalysisRuns, sources and Kustomizations with these labels; a lease of its own',
  ),
  peer('--rollout-threads <number>', '10', 'rollouts in work at the same time'),
  peer('--experiment-threads <number>', '10', 'experiments in work at the same time'),
  peer('--analysis-threads <number>', '30', 'analysis runs in work at the same time'),
  peer(
    '--qps <number>',
    undefined,
    'most requests a second to the API server; default as many as it answers',
  ),
  peer('--burst <number>', undefined, 'requests at once, with --qps; default twice as many'),
  peer('--metricsport <port>', '8090', 'port of /metrics; also --metrics-port, --metricsPort'),
  peer('--healthzPort <port>', '8080', 'port of /healthz and /readyz; also --healthz-port'),
  own('--bind-address <address>', 'address of both; default all'),
  peer('--leader-elect [boolean]', 'true', 'take the lease before writing'),
  peer('--leader-election-namespace <name>', undefined, 'namespace of the lease; default that of the pod'),
  peer('--leader-election-lease-duration <duration>', '15s', 'a lease not renewed for so long may be taken'),
  peer('--leader-election-renew-deadline <duration>', '10s', 'a leader that cannot renew for so long ends'),
  peer('--leader-election-retry-period <duration>', '2s', 'time between attempts at the lease'),
  peer('--loglevel <level>', 'info', 'trace, debug, info, warn, error, fatal or panic'),
  peer('--logformat <format>', 'json', 'json, or text for people (also called pretty)'),
  peer(
    '--self-service-notification-enabled',
    undefined,
    'read the configuration of notifications also from the namespace of the object',
  ),
];

const ignored: readonly FlagRow[] = [
  {
    ...own('--no-remote-bases', 'Kustomizations may not fetch bases from elsewhere'),
    noEffect: 'they never may',
  },
  peer('--rollout-resync <seconds>', '900', 'time between full looks', {
    noEffect: 'each object says itself when it has to be looked at again',
  }),
  peer('--service-threads <number>', '10', 'workers for Services', { noEffect: alongRollouts }),
  peer('--ingress-threads <number>', '10', 'workers for Ingresses', { noEffect: alongRollouts }),
  peer('--ephemeral-metadata-threads <number>', '10', 'pods that are labelled at the same time', {
    noEffect: 'pods are labelled in the pass of their Rollout',
  }),
  peer('--ephemeral-metadata-update-pod-retries <number>', '3', 'attempts to label a pod', {
    noEffect: 'a pod that could not be labelled is tried again with the next pass',
  }),
  peer('--kloglevel <number>', '0', 'log level of the Kubernetes client', {
    noEffect: 'the client logs with the rest; use --loglevel',
  }),
  peer('--istio-api-version <version>', 'v1alpha3', 'version of the Istio kinds', {
    noEffect: 'they are read and written as v1alpha3, which every Istio serves',
  }),
  peer('--ingress-api-version <version>', undefined, 'version of Ingress', {
    noEffect: 'it is read and written as networking.k8s.io/v1',
  }),
  peer('--ambassador-api-version <version>', 'getambassador.io/v2', 'version of Mapping', {
    noEffect: noRouter,
  }),
  peer('--traffic-split-api-version <version>', 'v1alpha1', 'version of TrafficSplit', {
    noEffect: noRouter,
  }),
  peer('--traefik-api-group <group>', 'traefik.io', 'group of TraefikService', { noEffect: noRouter }),
  peer('--traefik-api-version <version>', 'traefik.io/v1alpha1', 'version of TraefikService', {
    noEffect: noRouter,
  }),
  peer('--appmesh-crd-version <version>', 'v1beta2', 'version of the App Mesh kinds', {
    noEffect: noRouter,
  }),
  peer('--nginx-ingress-classes <class...>', 'nginx', 'classes of the Ingresses that are watched', {
    noEffect: 'the Ingresses that a Rollout names are watched, whatever their class',
  }),
  peer('--alb-ingress-classes <class...>', 'alb', 'classes of the Ingresses that are watched', {
    noEffect: 'the Ingresses that a Rollout names are watched, whatever their class',
  }),
];

const refused: readonly FlagRow[] = [
  peer('--aws-verify-target-group', undefined, 'verify target groups of a load balancer', {
    refused: 'target groups are not verified here; leave the flag out',
  }),
  peer('--alb-verify-weight', undefined, 'the former name of --aws-verify-target-group', {
    refused: 'target groups are not verified here; leave the flag out',
  }),
  peer('--enable-pprof-address <address>', undefined, "Go's profiler", {
    refused: 'there is no Go profiler here; NODE_OPTIONS=--inspect opens that of Node.js',
  }),
];

const ours: readonly FlagRow[] = [
  own('--page-port <port>', 'serve the page on this port, 0 for a free one; its address is printed'),
  own('--page-address <host>', 'where the page is served (default 127.0.0.1)'),
  own(
    '--page-auth <how>',
    'key (a secret in the printed address), token (of a user of the cluster) or off; default key on loopback, token elsewhere',
  ),
  own('--page-tls-in-front', 'TLS ends in front of the page: allows tokens on an address of plain http'),
  own(
    '--metric-denied-addresses <list>',
    'addresses and networks that backends of metrics, services of notifications, Vaults and identity providers may not have, with commas between them; none allows all',
    deniedByDefault.join(','),
  ),
  own('--storage-path <folder>', 'where artifacts are kept'),
  own('--storage-addr <host:port>', 'where artifacts are served; default a free port of loopback'),
  own(
    '--storage-adv-addr <host:port>',
    'what the URLs of artifacts begin with; default where they are served',
  ),
  own('--artifact-retention-ttl <duration>', 'artifacts that are younger are kept', '60s'),
  own('--artifact-retention-records <number>', 'how many artifacts of a source are kept', '2'),
  own('--artifact-digest-algo <name>', 'sha256, sha1, sha384, sha512 or blake3', 'sha256'),
  own(
    '--ssh-kex-algos <list>',
    'key exchanges that ssh may use, with commas between them; default those of ssh',
  ),
  own(
    '--ssh-hostkey-algos <list>',
    'host keys that ssh may accept, with commas between them; default those of ssh',
  ),
  own(
    '--interval-jitter-percentage <percent>',
    'how much the intervals of sources and Kustomizations are spread, up and down',
    '5',
  ),
  own(
    '--kustomize-binary <path>',
    'kustomize or kubectl, which then renders kustomizations; default the built-in generator, and for what it does not serve a kustomize of the PATH',
  ),
  own('--requeue-dependency <duration>', 'when to look again at what another object must do first', '30s'),
  own('--concurrent <number>', 'sources of each kind, and Kustomizations, in work at the same time'),
  own(
    '--custom-apply-stage-kinds <list>',
    'group/Kind of objects that Kustomizations apply before the rest, with commas between them',
  ),
  own(
    '--override-manager <list>',
    'field managers whose fields Kustomizations take over like those of kubectl',
  ),
  own(
    '--feature-gates <list>',
    'StrictPostBuildSubstitutions (true), AdditiveCELDependencyCheck and DisableFailFastBehavior (false), each with =true or =false',
  ),
  own(
    '--sops-age-secret <name>',
    'a Secret beside the controllers with *.agekey that opens what the Secret of a Kustomization does not',
  ),
  own(
    '--receiverAddr <host:port>',
    'where calls to Receivers arrive, once there is one; none for nowhere',
    ':9292',
  ),
  own(
    '--events-addr <host:port>',
    'where other controllers post events, once there is an Alert; none for nowhere, a URL to post ours to it instead',
    ':9090',
  ),
  own('--no-cross-namespace-refs', 'Kustomizations, Alerts and Receivers may not name other namespaces'),
  own(
    '--default-service-account <name>',
    'who Kustomizations that name nobody apply as, in their own namespaces; default this process itself',
  ),
  own(
    '--default-decryption-service-account <name>',
    'whose tokens key plugins get for Kustomizations whose decryption names nobody; default nobody',
  ),
  own(
    '--default-kubeconfig-service-account <name>',
    'whose tokens other clusters get where the ConfigMap of a kubeConfig names nobody; default nobody',
  ),
  own('--endpoint-propagation <milliseconds>', 'how long proxies may need for changed endpoints'),
];

/** Every flag of `sluice controller`, in the order of its help text. */
export const controllerFlags: readonly FlagRow[] = [...worked, ...ours, ...ignored, ...refused];
