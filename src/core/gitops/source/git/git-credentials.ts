import { fluxReasons } from '#api/flux/words.js';
import type { SourceOutcome } from '../source-run.js';

/** Values of a Secret, decoded. */
export type SecretValues = Readonly<Record<string, string>>;

/** What the keys of `spec.secretRef` mean for this URL; as in the port GitRemote. */
export interface ParsedCredentials {
  readonly basic?: { readonly username: string; readonly password: string };
  readonly bearerToken?: string;
  readonly caCertificate?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  readonly ssh?: { readonly identity: string; readonly knownHosts: string; readonly passphrase?: string };
  readonly proxy?: ParsedProxy;
  /** A token must be asked for; see the port GitHubApps. */
  readonly githubApp?: ParsedGitHubApp;
}

export interface ParsedProxy {
  readonly address: string;
  readonly username?: string;
  readonly password?: string;
}

interface ParsedGitHubApp {
  readonly appId: string;
  readonly privateKey: string;
  readonly installation: { readonly id: string } | { readonly owner: string };
  readonly baseUrl?: string;
}

/** What the Secret is read for. */
export interface CredentialsFor {
  readonly url: string;
  readonly provider?: string;
}

/** Reads a Secret's keys for an https or ssh URL. @param subject - names the Secret in the problem. */
export function parseGitCredentials(
  { url, provider = 'generic' }: CredentialsFor,
  values: SecretValues,
  subject: string,
): SourceOutcome<ParsedCredentials> {
  if (provider === 'github') return appCredentials(values, subject);
  if (values['githubAppID'] !== undefined) {
    const message = `secretRef '${subject.replace(/^Secret\//, '')}' has github app data but provider is not set to github`;
    return refused(fluxReasons.invalidProviderConfiguration, message, true);
  }
  return url.startsWith('ssh://') ? sshCredentials(values, subject) : httpCredentials(values, subject);
}

/** Reads the Secret of `spec.proxySecretRef`. */
export function parseProxy(values: SecretValues, subject: string): SourceOutcome<ParsedProxy> {
  const { address, username, password } = values;
  if (address === undefined || !/^(https?|socks5):\/\/./.test(address) || !URL.canParse(address)) {
    return refused(
      fluxReasons.authenticationFailed,
      `${subject}: key 'address' must be an http, https or socks5 URL`,
    );
  }
  const login = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
  return { ok: true, value: { address, ...login } };
}

/** Certificates of a Secret: `ca.crt` (or `caFile`), and `tls.crt` with `tls.key`. */
export function parseTls(
  values: SecretValues,
): Pick<ParsedCredentials, 'caCertificate' | 'clientCertificate'> {
  const caCertificate = values['ca.crt'] ?? values['caFile'];
  const certificate = values['tls.crt'] ?? values['certFile'];
  const key = values['tls.key'] ?? values['keyFile'];
  return {
    ...(caCertificate === undefined ? {} : { caCertificate }),
    ...(certificate === undefined || key === undefined ? {} : { clientCertificate: { certificate, key } }),
  };
}

function appCredentials(values: SecretValues, subject: string): SourceOutcome<ParsedCredentials> {
  const { githubAppID, githubAppPrivateKey, githubAppInstallationID, githubAppInstallationOwner } = values;
  if (githubAppID === undefined) {
    const message = 'secretRef with github app data must be specified when provider is set to github';
    return refused(fluxReasons.invalidProviderConfiguration, message, true);
  }
  const invalid = (why: string) =>
    refused(
      fluxReasons.authenticationFailed,
      `failed to configure authentication options: ${subject}: ${why}`,
    );
  if (githubAppPrivateKey === undefined) return invalid("key 'githubAppPrivateKey' is missing");
  if ((githubAppInstallationID === undefined) === (githubAppInstallationOwner === undefined)) {
    return invalid('exactly one of githubAppInstallationID and githubAppInstallationOwner is needed');
  }
  const baseUrl = values['githubAppBaseURL'];
  const githubApp = {
    appId: githubAppID.trim(),
    privateKey: githubAppPrivateKey,
    installation:
      githubAppInstallationID === undefined
        ? { owner: (githubAppInstallationOwner ?? '').trim() }
        : { id: githubAppInstallationID.trim() },
    ...(baseUrl === undefined ? {} : { baseUrl: baseUrl.trim() }),
  };
  return { ok: true, value: { githubApp, ...parseTls(values) } };
}

function sshCredentials(values: SecretValues, subject: string): SourceOutcome<ParsedCredentials> {
  const { identity, known_hosts: knownHosts, password } = values;
  const absent = identity === undefined ? 'identity' : knownHosts === undefined ? 'known_hosts' : undefined;
  if (absent !== undefined || identity === undefined || knownHosts === undefined) {
    return refused(
      fluxReasons.authenticationFailed,
      `${subject}: key '${absent ?? ''}' is missing; an ssh URL needs identity and known_hosts`,
    );
  }
  if (password === undefined && isEncrypted(identity)) {
    const where = subject.replace(/^Secret\//, '');
    const message = `SSH identity key is encrypted but no 'password' field was provided in the secret '${where}'`;
    return refused(fluxReasons.authenticationFailed, message);
  }
  const passphrase = password === undefined ? {} : { passphrase: password };
  return { ok: true, value: { ssh: { identity, knownHosts, ...passphrase } } };
}

/** Whether a private key needs a passphrase: PEM says it in words, OpenSSH in the name of the cipher behind its magic. */
function isEncrypted(identity: string): boolean {
  if (/ENCRYPTED/.test(identity)) return true;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(identity)?.[1];
  if (body === undefined) return false;
  const start = body.replaceAll(/\s/g, '').slice(0, 40);
  // The magic `openssh-key-v1\0`, the length of the name in four bytes, then the name.
  return !atob(start).slice(19).startsWith('none');
}

function httpCredentials(values: SecretValues, subject: string): SourceOutcome<ParsedCredentials> {
  const { username, password, bearerToken } = values;
  if (bearerToken !== undefined && (username !== undefined || password !== undefined)) {
    return refused(
      fluxReasons.authenticationFailed,
      `${subject}: holds both bearerToken and username/password; keep one of them`,
    );
  }
  if ((username === undefined) !== (password === undefined)) {
    const absent = username === undefined ? 'username' : 'password';
    return refused(fluxReasons.authenticationFailed, `${subject}: key '${absent}' is missing`);
  }
  return {
    ok: true,
    value: {
      ...(username === undefined || password === undefined ? {} : { basic: { username, password } }),
      ...(bearerToken === undefined ? {} : { bearerToken }),
      ...parseTls(values),
    },
  };
}

function refused(
  reason: string,
  message: string,
  isStalling = false,
): SourceOutcome<never> & { readonly ok: false } {
  return { ok: false, problem: { reason, message, isStalling } };
}
