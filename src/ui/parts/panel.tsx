import { Component, type ComponentChildren, type JSX } from 'preact';

interface PanelProps {
  readonly title: string;
  readonly id?: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A titled part of a view. When it breaks, it says so and the rest of the page stays. */
export class Panel extends Component<PanelProps, { readonly broken?: string }> {
  override state: { readonly broken?: string } = {};

  override componentDidCatch(thrown: unknown): void {
    this.setState({ broken: thrown instanceof Error ? thrown.message : String(thrown) });
  }

  override render({ title, id, aside, children }: PanelProps): JSX.Element {
    return (
      <section class="panel" id={id} aria-label={title}>
        <div class="panel-head">
          <h2>{title}</h2>
          {aside}
        </div>
        {this.state.broken === undefined ? (
          children
        ) : (
          <p class="quiet">
            This panel broke: {this.state.broken}. The rest of the page goes on; reload to try again.
          </p>
        )}
      </section>
    );
  }
}
