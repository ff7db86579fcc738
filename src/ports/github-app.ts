/** What a GitHub App logs in with. */
export interface GitHubAppLogin {
  readonly appId: string;
  /** PEM. */
  readonly privateKey: string;
  /** Where it is installed: the id of the installation, or the account that it is of. */
  readonly installation: { readonly id: string } | { readonly owner: string };
  /** Default `https://api.github.com`. */
  readonly baseUrl?: string;
  readonly caCertificate?: string;
  readonly proxy?: { readonly address: string; readonly username?: string; readonly password?: string };
}

/** Lends tokens of GitHub Apps. Throws GitDenied or GitUnreachable. */
export interface GitHubApps {
  /** A token of the installation that is good for some minutes at least. */
  tokenOf(login: GitHubAppLogin, timeoutMs: number): Promise<string>;
}
