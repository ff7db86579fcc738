import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { verbs, type Verb } from '#core/view/wire/list.js';
import type { Clock } from '#ports/clock.js';
import type { Kube } from '#ports/kube.js';

/** A user as a TokenReview names it. */
export interface TokenUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

const freshMs = 60_000;
const maxAnswers = 20_000;

/**
 * What users may do, asked of the API server one verb at a time and kept for a minute. `patch` on rollouts implies
 * every verb.
 */
export class Rights {
  readonly #kube: Kube;
  readonly #clock: Clock;
  readonly #answers = new Map<string, { readonly at: number; readonly answer: Promise<boolean> }>();

  constructor(kube: Kube, clock: Clock) {
    this.#kube = kube;
    this.#clock = clock;
  }

  async canSee(user: TokenUser, namespace: string): Promise<boolean> {
    return (await this.#isAllowed(user, 'list')) || (await this.#isAllowed(user, 'list', namespace));
  }

  async verbsIn(user: TokenUser, namespace: string): Promise<readonly Verb[]> {
    if (await this.#isAllowed(user, 'patch', namespace)) return verbs;
    const allowed = await Promise.all(verbs.map((verb) => this.#isAllowed(user, verb, namespace)));
    return verbs.filter((_, i) => allowed[i] === true);
  }

  #isAllowed(user: TokenUser, verb: string, namespace?: string): Promise<boolean> {
    const key = JSON.stringify([user.username, user.groups, verb, namespace]);
    const known = this.#answers.get(key);
    const now = this.#clock.now();
    if (known !== undefined && now - known.at < freshMs) return known.answer;
    const answer = this.#ask(user, verb, namespace);
    if (this.#answers.size >= maxAnswers) this.#answers.clear();
    this.#answers.set(key, { at: now, answer });
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }

  async #ask(user: TokenUser, verb: string, namespace?: string): Promise<boolean> {
    const { group, plural: resource } = kinds.rollout;
    const { username, ...rest } = user;
    const review = await this.#kube.create<UnknownObject>(kinds.subjectAccessReview, {
      apiVersion: 'authorization.k8s.io/v1',
      kind: kinds.subjectAccessReview.kind,
      metadata: { name: '' },
      spec: {
        user: username,
        ...rest,
        resourceAttributes: { group, resource, verb, ...(namespace === undefined ? {} : { namespace }) },
      },
    });
    return isObject(review['status']) && review['status']['allowed'] === true;
  }
}
