import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Signing } from '#core/receiver/hook-call.js';

/** HMAC of Node, and a comparison that takes as long wherever two texts differ. */
export const nodeSigning: Signing = {
  hmacHex: (algorithm, key, data) => createHmac(algorithm, key).update(data).digest('hex'),
  isSame: (a, b) => {
    // Digests have one length whatever the texts have, so that not even the length shows.
    const [left, right] = [a, b].map((text) => createHmac('sha256', 'same').update(text).digest());
    return left !== undefined && right !== undefined && timingSafeEqual(left, right);
  },
};
