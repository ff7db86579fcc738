import { createServer, type ServerResponse } from 'node:http';

/**
 * The built-in app of pods whose image the sandbox does not know. Its settings are environment variables: VERSION, PORT
 * (default 8080), HOST (set to the pod's address), ERROR_RATE (0 to 1), LATENCY_MS (with half of it as jitter), STARTUP_MS,
 * DRAIN_MS (how long it serves after SIGTERM, default 3000) and RUN_MS with EXIT_CODE (end by itself, as a job does) and
 * EXIT_WITH_PARENT (end when stdin closes). Its metrics carry the code of an answer under both names that queries ask for,
 * `code` and `status`. It imports nothing but node:http.
 */
const setting = (name: string, byDefault: number): number => Number(process.env[name] ?? byDefault);
const version = process.env.VERSION ?? 'unknown';
const pod = process.env.POD_NAME ?? process.env.HOSTNAME ?? '';
const bucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const startedAt = Date.now();
const requests = new Map<number, number>();
const durations = { buckets: bucketsSeconds.map(() => 0), count: 0, sum: 0 };
let isDraining = false;

function observe(code: number, seconds: number): void {
  requests.set(code, (requests.get(code) ?? 0) + 1);
  durations.count++;
  durations.sum += seconds;
  for (const [index, bound] of bucketsSeconds.entries()) {
    if (seconds <= bound) durations.buckets[index] = (durations.buckets[index] ?? 0) + 1;
  }
}

function metrics(): string {
  const label = `version="${version.replaceAll(/[\\"\n]/g, '_')}"`;
  const histogram = 'http_request_duration_seconds';
  const bounds = bucketsSeconds.map(
    (bound, i) => `${histogram}_bucket{${label},le="${bound}"} ${durations.buckets[i]}`,
  );
  return [
    '# TYPE http_requests_total counter',
    ...[...requests].map(
      ([code, count]) => `http_requests_total{code="${code}",status="${code}",${label}} ${count}`,
    ),
    `# TYPE ${histogram} histogram`,
    ...bounds,
    `${histogram}_bucket{${label},le="+Inf"} ${durations.count}`,
    `${histogram}_sum{${label}} ${durations.sum}`,
    `${histogram}_count{${label}} ${durations.count}`,
    '',
  ].join('\n');
}

function answer(response: ServerResponse, code: number, body: string, type = 'application/json'): void {
  const closing = isDraining ? { connection: 'close' } : {};
  response.writeHead(code, { 'content-type': type, 'x-version': version, 'x-pod': pod, ...closing });
  response.end(body);
}

function serve(path: string, response: ServerResponse): void {
  const begun = performance.now();
  const latencyMs = setting('LATENCY_MS', 0) * (0.75 + Math.random() / 2);
  const code = Math.random() < setting('ERROR_RATE', 0) ? 500 : 200;
  const finish = (): void => {
    observe(code, (performance.now() - begun) / 1000);
    answer(response, code, `${JSON.stringify({ version, pod, path })}\n`);
  };
  if (latencyMs > 0) setTimeout(finish, latencyMs);
  else finish();
}

const server = createServer((request, response) => {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const isUp = Date.now() - startedAt >= setting('STARTUP_MS', 0);
  request.resume();
  const isProbe = request.headers['user-agent']?.startsWith('kube-probe/') === true;
  if (path === '/healthz') answer(response, 200, 'ok\n', 'text/plain');
  else if (path === '/readyz' || isProbe)
    answer(response, isUp && !isDraining ? 200 : 503, '\n', 'text/plain');
  else if (path === '/metrics') answer(response, 200, metrics(), 'text/plain; version=0.0.4');
  else serve(path, response);
});
// Longer than any proxy keeps an idle connection, so that it is never the app that closes under a request.
server.keepAliveTimeout = 75_000;
server.listen(setting('PORT', 8080), process.env.HOST ?? '0.0.0.0', () => {
  process.stdout.write(`version ${version} listens on ${process.env.HOST ?? ''}:${setting('PORT', 8080)}\n`);
});

process.on('SIGTERM', () => {
  if (isDraining) return;
  isDraining = true;
  process.stdout.write('asked to end: unready, draining\n');
  setTimeout(
    () => {
      server.close(() => process.exit(0));
      server.closeIdleConnections();
    },
    setting('DRAIN_MS', 3_000),
  );
});

if (process.env.RUN_MS !== undefined) {
  setTimeout(() => process.exit(setting('EXIT_CODE', 0)), setting('RUN_MS', 0));
}
if (process.env.EXIT_WITH_PARENT !== undefined) process.stdin.on('end', () => process.exit(0)).resume();
