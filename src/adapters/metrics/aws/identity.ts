import { readFile } from 'node:fs/promises';
import type { Clock } from '#ports/clock.js';
import type { CallHttp } from '../http/call.js';
import { QueryFailure } from '../http/failure.js';
import { readContainerCredentials, readMachineCredentials } from './metadata-service.js';
import { readProfiles, type AwsProfile } from './profile.js';
import type { AwsCredentials } from './sign.js';
import { assumeRole, assumeRoleWithWebIdentity, type LeasedCredentials, type StsCall } from './sts.js';

/** What a metric says about who it is; all else comes from the environment of the controller. */
export interface AwsWish {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** A role to take on with the credentials found. */
  readonly roleArn?: string | undefined;
}

export interface AwsIdentity {
  readonly credentials: AwsCredentials;
  /** Empty when nothing says it. */
  readonly region: string;
}

interface Deps {
  readonly clock: Clock;
  /** For the Security Token Service; the machine's own services are asked directly. */
  readonly http: CallHttp;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Search {
  readonly profiles: ReadonlyMap<string, AwsProfile>;
  readonly region: string;
  readonly signal: AbortSignal;
}

const expiryMarginMs = 60_000;
const maxLeases = 100;
const maxHops = 5;

/**
 * The default credential chain of AWS: environment, web identity (IRSA), shared files, container (ECS, EKS Pod Identity),
 * machine. A profile that was asked for goes first. Credentials are kept until a minute before they expire.
 */
export class AwsIdentities {
  readonly #deps: Deps;
  readonly #leases = new Map<string, LeasedCredentials>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Throws QueryFailure when there are no credentials. */
  async find(wish: AwsWish, signal: AbortSignal): Promise<AwsIdentity> {
    const { env } = this.#deps;
    const profiles = await readProfiles(env);
    const profile = wish.profile || env['AWS_PROFILE'] || env['AWS_DEFAULT_PROFILE'] || 'default';
    const region =
      wish.region ||
      env['AWS_REGION'] ||
      env['AWS_DEFAULT_REGION'] ||
      profiles.get(profile)?.['region'] ||
      '';
    const search = { profiles, region, signal };
    const own = await this.#lease(JSON.stringify([wish.profile, region]), () =>
      this.#own(wish.profile || undefined, search),
    );
    const role = wish.roleArn;
    if (role === undefined || role === '') return { credentials: own.credentials, region };
    const taken = await this.#lease(JSON.stringify([wish.profile, region, role]), () =>
      assumeRole(this.#sts(search), own.credentials, { arn: role, sessionName: this.#sessionName() }),
    );
    return { credentials: taken.credentials, region };
  }

  async #lease(key: string, fetch: () => Promise<LeasedCredentials>): Promise<LeasedCredentials> {
    const known = this.#leases.get(key);
    const now = this.#deps.clock.now();
    if (known?.expiresAt !== undefined && known.expiresAt - expiryMarginMs > now) return known;
    const lease = await fetch();
    if (this.#leases.size >= maxLeases) this.#leases.clear();
    if (lease.expiresAt !== undefined) this.#leases.set(key, lease);
    return lease;
  }

  async #own(profile: string | undefined, search: Search): Promise<LeasedCredentials> {
    const { env } = this.#deps;
    if (profile !== undefined) return this.#ofProfile(profile, search, maxHops);
    const fromEnv = staticOf({
      aws_access_key_id: env['AWS_ACCESS_KEY_ID'],
      aws_secret_access_key: env['AWS_SECRET_ACCESS_KEY'],
      aws_session_token: env['AWS_SESSION_TOKEN'],
    });
    if (fromEnv !== undefined) return fromEnv;
    const file = env['AWS_WEB_IDENTITY_TOKEN_FILE'];
    const arn = env['AWS_ROLE_ARN'];
    if (file !== undefined && arn !== undefined) return this.#byToken(file, arn, search);
    const named = env['AWS_PROFILE'] || env['AWS_DEFAULT_PROFILE'];
    if (named !== undefined && named !== '') return this.#ofProfile(named, search, maxHops);
    if (hasCredentials(search.profiles.get('default'))) return this.#ofProfile('default', search, maxHops);
    return this.#ofSurroundings(search);
  }

  async #ofSurroundings({ signal }: Search): Promise<LeasedCredentials> {
    const { env } = this.#deps;
    return (await readContainerCredentials(env, signal)) ?? readMachineCredentials(env, signal);
  }

  async #ofProfile(name: string, search: Search, hops: number): Promise<LeasedCredentials> {
    const profile = search.profiles.get(name);
    if (profile === undefined) throw new QueryFailure(`failed to get shared config profile, ${name}`);
    const { role_arn: arn, source_profile: source, web_identity_token_file: file } = profile;
    if (arn === undefined) {
      const found = staticOf(profile);
      if (found !== undefined) return found;
      const unknown = ['sso_session', 'sso_start_url', 'credential_process'].find((key) => key in profile);
      if (unknown !== undefined) {
        throw new QueryFailure(`AWS profile ${name}: ${unknown} is not supported`);
      }
      return this.#ofSurroundings(search);
    }
    if (file !== undefined) return this.#byToken(file, arn, search);
    if (hops === 0) throw new QueryFailure(`AWS profile ${name}: its source_profile leads in a circle`);
    const ownKeys = source === name ? staticOf(profile) : undefined;
    const own =
      ownKeys ??
      (source === undefined
        ? await this.#ofSurroundings(search)
        : await this.#ofProfile(source, search, hops - 1));
    return assumeRole(this.#sts(search), own.credentials, {
      arn,
      sessionName: profile['role_session_name'] ?? this.#sessionName(),
      externalId: profile['external_id'],
    });
  }

  async #byToken(file: string, arn: string, search: Search): Promise<LeasedCredentials> {
    const sessionName = this.#deps.env['AWS_ROLE_SESSION_NAME'] ?? this.#sessionName();
    const token = (await readFile(file, 'utf8')).trim();
    return assumeRoleWithWebIdentity(this.#sts(search), token, { arn, sessionName });
  }

  #sts({ region, signal }: Search): StsCall {
    const given = this.#deps.env['AWS_ENDPOINT_URL_STS'] || this.#deps.env['AWS_ENDPOINT_URL'];
    if (region === '') throw new QueryFailure('an AWS role needs a region: set AWS_REGION');
    const endpoint = given || `https://sts.${region}.${awsDomain(region)}`;
    return { http: this.#deps.http, endpoint, region, signal, now: this.#deps.clock.now() };
  }

  #sessionName(): string {
    return `sluice-${Math.floor(this.#deps.clock.now() / 1000)}`;
  }
}

/** Where the services of a region are. */
export function awsDomain(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

function hasCredentials(profile: AwsProfile | undefined): boolean {
  return profile !== undefined && Object.keys(profile).some((key) => key !== 'region' && key !== 'output');
}

function staticOf(settings: Readonly<Record<string, string | undefined>>): LeasedCredentials | undefined {
  const accessKeyId = settings['aws_access_key_id'] ?? '';
  const secretAccessKey = settings['aws_secret_access_key'] ?? '';
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  const sessionToken = settings['aws_session_token'] ?? '';
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
  return { credentials, expiresAt: undefined };
}
