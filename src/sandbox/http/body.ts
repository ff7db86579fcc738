import type { IncomingMessage } from 'node:http';
import { parseYaml } from '#core/yaml/yaml.js';
import { decodeProtobuf } from './protobuf/decode.js';
import { badRequest, StatusError } from '#sandbox/store/status.js';

const maxBodyBytes = 3 * 1024 * 1024;

/** The body of a request as JSON; `undefined` when there is none. Apply patches may be YAML. Throws a StatusError. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? 'application/json';
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  if (type.includes('protobuf')) return readProtobuf(bytes);
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    // What is no JSON may still be YAML, where YAML is allowed.
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    if (!type.includes('yaml')) throw badRequest(`error decoding the body: ${why}`);
  }
  const parsed = parseYaml(text);
  if (!parsed.ok) throw badRequest(`error decoding YAML: ${parsed.problem.message}`);
  return parsed.value;
}

function readProtobuf(bytes: Buffer): unknown {
  const object = decodeProtobuf(bytes);
  if (object !== undefined) return object;
  throw new StatusError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes)
      throw new StatusError(
        413,
        'RequestEntityTooLarge',
        `Request entity too large: limit is ${maxBodyBytes}`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
