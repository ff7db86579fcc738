import { digestAlgorithms } from '#adapters/artifact-store/digest.js';
import type { ControllerProcessOptions } from '../../main.js';
import { durationFlag, numberFlag, portFlag, wordFlag } from '../flags.js';

/** Flags of the sources. */
export interface SourceFlags {
  readonly storagePath?: string;
  readonly storageAddr?: string;
  readonly storageAdvAddr?: string;
  readonly artifactRetentionTtl: string;
  readonly artifactRetentionRecords: string;
  readonly artifactDigestAlgo: string;
  readonly sshKexAlgos?: string;
  readonly sshHostkeyAlgos?: string;
}

/** What the sources are started with. */
export function sourceOptionsOf(flags: SourceFlags): Partial<ControllerProcessOptions> {
  const [host = '', port] = flags.storageAddr?.split(':') ?? [];
  const isEverywhere = host === '' && port !== undefined;
  const { storagePath, storageAdvAddr } = flags;
  return {
    ...(storagePath === undefined ? {} : { storagePath }),
    ...(storageAdvAddr === undefined ? {} : { artifactAdvertised: storageAdvAddr }),
    ...(isEverywhere ? { artifactHost: '0.0.0.0' } : host === '' ? {} : { artifactHost: host }),
    ...(port === undefined ? {} : { artifactPort: portFlag('--storage-addr', port) }),
    artifactRetentionMs: durationFlag('--artifact-retention-ttl', flags.artifactRetentionTtl),
    artifactRetentionRecords: numberFlag('--artifact-retention-records', flags.artifactRetentionRecords),
    artifactDigest: wordFlag('--artifact-digest-algo', flags.artifactDigestAlgo, digestAlgorithms),
    sshKexAlgorithms: namesOf(flags.sshKexAlgos),
    sshHostKeyAlgorithms: namesOf(flags.sshHostkeyAlgos),
  };
}

function namesOf(list = ''): readonly string[] {
  const names = list.split(',').map((name) => name.trim());
  return names.filter((name) => /^[\w@.+-]+$/.test(name));
}
