import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { reconnect } from './live/connection.js';
import { postJson } from './live/http.js';
import { mode } from './live/store.js';

/** Asks for what the server wants to know: its page key, or a token of the cluster. */
export function SignIn(): JSX.Element {
  return (
    <main class="sign-in">
      <div class="empty">{mode.value === 'token' ? <TokenForm /> : <KeyHint />}</div>
    </main>
  );
}

function KeyHint(): JSX.Element {
  return (
    <>
      <h1 tabIndex={-1}>This tab does not have the page key</h1>
      <p>
        The controller prints an address with the key when it starts. Open that address, or look for it again:
      </p>
      <code>sluice controller --page-port 0</code>
      <button type="button" class="primary" onClick={reconnect}>
        Ask the other tabs again
      </button>
    </>
  );
}

function TokenForm(): JSX.Element {
  const token = useSignal('');
  const problem = useSignal('');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await postJson('/api/signin', { token: token.value });
      token.value = '';
      reconnect();
    } catch (thrown) {
      problem.value = thrown instanceof Error ? thrown.message : 'it could not be sent';
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <h1 tabIndex={-1}>Sign in</h1>
      <p>A token of the cluster, for instance from</p>
      <code>kubectl create token my-account</code>
      <label class="field">
        Token
        <input
          type="password"
          autocomplete="off"
          value={token.value}
          onInput={(event) => (token.value = event.currentTarget.value)}
        />
      </label>
      {problem.value !== '' && (
        <p class="bad-text" role="alert">
          {problem.value}
        </p>
      )}
      <button class="primary">Sign in</button>
    </form>
  );
}
