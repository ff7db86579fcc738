/** A request from outside, within the limits of the server; names of headers in lower case. */
export interface InboundRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What is answered, as plain text. */
export interface InboundAnswer {
  readonly status: number;
  readonly body: string;
}

/** Answers requests; one that throws is answered with 500 and nothing else. */
export type InboundHandler = (request: InboundRequest) => Promise<InboundAnswer>;
