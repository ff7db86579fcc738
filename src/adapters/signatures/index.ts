import type { SignatureVerifier } from '#ports/signatures.js';
import { verifyPgp } from './pgp.js';
import { verifySsh } from './ssh.js';

/** Checks PGP and SSH signatures in this process. */
export function createSignatureVerifier(): SignatureVerifier {
  return {
    verify: async (signed, { pgp, ssh }) => {
      const { signature } = signed;
      if (signature.trim() === '') {
        return { ok: false, why: 'unable to verify payload as the provided signature is empty' };
      }
      if (signature.startsWith('-----BEGIN PGP')) return verifyPgp(signed, pgp);
      if (signature.startsWith('-----BEGIN SSH SIGNATURE')) return verifySsh(signed, ssh);
      return { ok: false, why: 'the signature is neither a PGP nor an SSH one' };
    },
  };
}
