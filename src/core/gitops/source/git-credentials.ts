import { fluxReasons } from '#api/flux/words.js';
import type { SourceOutcome } from './git-memory.js';

/** Values of a Secret, decoded. */
export type SecretValues = Readonly<Record<string, string>>;

/** What the keys of `spec.secretRef` mean for this URL; as in the port GitRemote. */
export interface ParsedCredentials {
  readonly basic?: { readonly username: string; readonly password: string };
  readonly bearerToken?: string;
  readonly caCertificate?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  readonly ssh?: { readonly identity: string; readonly knownHosts: string; readonly passphrase?: string };
  readonly proxy?: { readonly address: string; readonly username?: string; readonly password?: string };
}

/** Reads a Secret's keys for an https or ssh URL. @param subject - names the Secret in the problem. */
export function parseGitCredentials(
  url: string,
  values: SecretValues,
  subject: string,
): SourceOutcome<ParsedCredentials> {
  if (Object.keys(values).some((key) => key.startsWith('githubApp'))) {
    return refused(
      fluxReasons.invalidProviderConfiguration,
      `${subject}: has keys of a GitHub App, which needs spec.provider github; use username and password`,
      true,
    );
  }
  return url.startsWith('ssh://') ? sshCredentials(values, subject) : httpCredentials(values, subject);
}

/** Reads the Secret of `spec.proxySecretRef`. */
export function parseGitProxy(
  values: SecretValues,
  subject: string,
): SourceOutcome<Pick<ParsedCredentials, 'proxy'>> {
  const { address, username, password } = values;
  if (address === undefined || !/^(https?|socks5):\/\/./.test(address)) {
    return refused(
      fluxReasons.authenticationFailed,
      `${subject}: key 'address' must be an http, https or socks5 URL`,
    );
  }
  const login = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
  return { ok: true, value: { proxy: { address, ...login } } };
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
  const passphrase = password === undefined ? {} : { passphrase: password };
  return { ok: true, value: { ssh: { identity, knownHosts, ...passphrase } } };
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
  const caCertificate = values['ca.crt'] ?? values['caFile'];
  const certificate = values['tls.crt'];
  const key = values['tls.key'];
  return {
    ok: true,
    value: {
      ...(username === undefined || password === undefined ? {} : { basic: { username, password } }),
      ...(bearerToken === undefined ? {} : { bearerToken }),
      ...(caCertificate === undefined ? {} : { caCertificate }),
      ...(certificate === undefined || key === undefined ? {} : { clientCertificate: { certificate, key } }),
    },
  };
}

function refused(reason: string, message: string, isStalling = false): SourceOutcome<never> {
  return { ok: false, problem: { reason, message, isStalling } };
}
