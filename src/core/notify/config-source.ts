/** What a ConfigMap and its Secret say, decoded. */
export interface ConfigSource {
  readonly namespace: string;
  /** `data` of the ConfigMap. */
  readonly data: Readonly<Record<string, string>>;
  /** Name of the Secret, for messages. */
  readonly secretName: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Changes when one of the two changes. */
  readonly version: string;
}
