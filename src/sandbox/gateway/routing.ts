/** A request as far as routing looks at it. */
export interface RoutedRequest {
  /** The Host header, with or without port. */
  readonly host: string;
  readonly method: string;
  /** With the query, if any. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One ready address behind a Service. */
export interface Target {
  readonly address: string;
  readonly port: number;
  /** `namespace/name` of its pod. */
  readonly pod: string;
  readonly podLabels: Readonly<Record<string, string>>;
  /** Image of its first container. */
  readonly image: string;
  /** What made the pod, without the hash: the name of a Rollout or Deployment. */
  readonly workload: string;
}

/** Why no request was sent: no route, no such cluster (subset or service), no healthy upstream. */
export type DropReason = 'NR' | 'NC' | 'UH';

/** Where a request goes. Names are for metrics and logs. */
export type RouteDecision =
  | {
      readonly kind: 'forward';
      /** `VirtualService/shop/web:primary`, `Ingress/shop/web` or `Service/shop/web`. */
      readonly route: string;
      /** `namespace/name`. */
      readonly service: string;
      readonly target: Target;
      /** The name of the canary Ingress when it was taken. */
      readonly canary?: string;
      /** A copy goes here; its answer is thrown away. */
      readonly mirror?: { readonly service: string; readonly target: Target };
    }
  | { readonly kind: 'drop'; readonly reason: DropReason; readonly route: string; readonly service: string };

/** Numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;
