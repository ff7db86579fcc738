import { kinds, type Kind } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { gitVerbs, type GitVerb } from '#core/view/wire/git.js';
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
 * What users may do, asked of the API server one verb at a time and kept for a minute. `patch` on a kind implies every
 * verb on it.
 */
export class Rights {
  readonly #kube: Kube;
  readonly #clock: Clock;
  readonly #answers = new Map<string, { readonly at: number; readonly answer: Promise<boolean> }>();

  constructor(kube: Kube, clock: Clock) {
    this.#kube = kube;
    this.#clock = clock;
  }

  /** Whether the user may list a kind, everywhere or in a namespace. */
  async canSee(user: TokenUser, namespace: string, kind: Kind = kinds.rollout): Promise<boolean> {
    const everywhere = await this.#isAllowed(user, kind, 'list');
    return everywhere || (await this.#isAllowed(user, kind, 'list', namespace));
  }

  verbsIn(user: TokenUser, namespace: string): Promise<readonly Verb[]> {
    return this.#allowed(user, kinds.rollout, verbs, namespace);
  }

  /** The verbs on a kind of sources, or on Kustomizations. */
  gitVerbsIn(user: TokenUser, namespace: string, kind: Kind): Promise<readonly GitVerb[]> {
    return this.#allowed(user, kind, gitVerbs, namespace);
  }

  async #allowed<V extends string>(
    user: TokenUser,
    kind: Kind,
    wanted: readonly V[],
    namespace: string,
  ): Promise<readonly V[]> {
    if (await this.#isAllowed(user, kind, 'patch', namespace)) return wanted;
    const allowed = await Promise.all(wanted.map((verb) => this.#isAllowed(user, kind, verb, namespace)));
    return wanted.filter((_, i) => allowed[i] === true);
  }

  #isAllowed(user: TokenUser, kind: Kind, verb: string, namespace?: string): Promise<boolean> {
    const key = JSON.stringify([user.username, user.groups, kind.plural, kind.group, verb, namespace]);
    const known = this.#answers.get(key);
    const now = this.#clock.now();
    if (known !== undefined && now - known.at < freshMs) return known.answer;
    const answer = this.#ask(user, kind, verb, namespace);
    if (this.#answers.size >= maxAnswers) this.#answers.clear();
    this.#answers.set(key, { at: now, answer });
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }

  async #ask(
    user: TokenUser,
    { group, plural: resource }: Kind,
    verb: string,
    namespace?: string,
  ): Promise<boolean> {
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
