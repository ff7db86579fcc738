/** What a token says when it is good, or why it is not. */
export type TokenVerdict =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: string };

/** Tokens that an identity provider has signed. */
export interface IdentityTokens {
  /**
   * Whether one of the provider's keys signed the token, in its name, and its time has come and not passed. Throws
   * RemoteUnreachable or RemoteInvalid when the keys cannot be had. The token stands in no message.
   */
  verify(token: string): Promise<TokenVerdict>;
}

/** Tokens of any provider that says by OpenID Connect Discovery where its keys are. */
export interface OidcTokens {
  /**
   * Whether a key of this issuer signed the token, in its name and for this audience, and its time has come and not passed.
   * Throws RemoteUnreachable or RemoteInvalid when the keys cannot be had. The token stands in no message.
   */
  verify(
    token: string,
    expected: { readonly issuer: string; readonly audience: string },
  ): Promise<TokenVerdict>;
}
