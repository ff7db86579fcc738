import { render, type JSX } from 'preact';
import { ListView } from './list/list-view.js';
import { git, loadGit } from './git/git-chunk.js';
import { startConnection } from './live/connection.js';
import { takeKey } from './live/key.js';
import { route, startRouter } from './live/router.js';
import { live } from './live/store.js';
import { startKeys } from './parts/keys.js';
import { StaleStrip, TopBar } from './parts/top-bar.js';
import { loadMore, more } from './rollout/more-chunk.js';
import { RolloutView } from './rollout/rollout-view.js';

function Page(): JSX.Element {
  return (
    <>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <TopBar />
      <StaleStrip />
      <div id="content">
        <View />
      </div>
      {more.value !== null && <more.value.KeysHelp />}
    </>
  );
}

function View(): JSX.Element {
  if (live.value.state === 'signedOut') {
    void loadMore();
    return more.value === null ? <main /> : <more.value.SignIn />;
  }
  const at = route.value;
  switch (at.view) {
    case 'list':
      return <ListView />;
    case 'rollout':
      return <RolloutView key={`${at.namespace}/${at.name}`} namespace={at.namespace} name={at.name} />;
    case 'git':
      void loadGit();
      return git.value === null ? <main /> : <git.value.GitView at={at} />;
    case 'unknown':
      return (
        <main class="empty">
          <h1 tabIndex={-1}>There is no such view</h1>
          <a class="button" href="/rollouts">
            All rollouts
          </a>
        </main>
      );
  }
}

takeKey();
startRouter();
startKeys();
startConnection(loadGit, git);
const root = document.getElementById('page');
if (root !== null) render(<Page />, root);
setTimeout(() => void loadMore(), 1500);
