import type { MetricRequest } from '#ports/metric-source.js';

/** What a measurement must come to: a value, printed; a message of an error; or that it goes on. */
export type Expected =
  { readonly value: string } | { readonly message: string } | { readonly isRunning: true };

/** An answer of the backend, by path where several calls make one measurement. */
export type Body = string | ((path: string) => string);

type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** One source as the tests of failures see it. */
export interface Subject {
  readonly id: string;
  /** The provider of a metric whose backend is at this address. */
  readonly provider: (address: string) => object;
  readonly metric?: Partial<MetricRequest['metric']>;
  readonly env?: (address: string) => Readonly<Record<string, string>>;
  /** Secrets beside the controller. */
  readonly secrets?: (address: string) => Secrets;
  /** What must not come out of the source, whatever the backend says. */
  readonly credentials?: readonly string[];
  /** How long it waits for an answer when the metric says nothing about it. */
  readonly timeoutSeconds: number;
  readonly healthy: readonly [body: Body, expected: Expected];
  /** The words for a refusal with this status and text, which asks to be left alone for 7 seconds. */
  readonly refused: (status: number, text: string) => string;
  readonly html: Expected;
  /** An answer that breaks off: `{"a":`. */
  readonly cut: Expected;
  readonly nothing: Expected;
  /** Answers that are well formed and have no value, NaN or infinities in them. */
  readonly odd: readonly (readonly [what: string, body: Body, expected: Expected])[];
}
