import { Sanitizer } from '@jupyterlab/apputils';
import type { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { el, icon } from '../dom/element';
import { toast, toastError } from '../dom/toast';
import { noteTutorCopy } from '../telemetry/codeOrigin';

const markdown = 'text/markdown';

// What Markdown itself makes. An answer is a stranger's text: it brings no images (which would call
// out), no forms, no styles, and no classes with which it could pass for a part of this page.
const safe = {
  allowedTags: [
    ...[
      'p',
      'br',
      'hr',
      'em',
      'strong',
      'del',
      'code',
      'pre',
      'span',
      'blockquote',
      'ul',
      'ol',
      'li',
      'a',
      'sub',
      'sup',
    ],
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: { a: ['href', 'title'], ol: ['start'], th: ['align'], td: ['align'] },
  // Highlighted code: CodeMirror's own class names, and Markdown's name of the language.
  allowedClasses: { code: ['language-*'], span: [/^ͼ\w+$/] },
};

/** A registry that shows a model's Markdown and nothing more. */
export function answerRendermime(rendermime: IRenderMimeRegistry): IRenderMimeRegistry {
  const sanitizer = new Sanitizer();
  return rendermime.clone({
    sanitizer: { sanitize: dirty => sanitizer.sanitize(dirty, safe as unknown as IRenderMime.ISanitizerOptions) },
  });
}

/** One answer as Markdown, rendered again as it grows but never twice at the same time. */
export class AnswerView {
  readonly node = el('div', {
    class: 'answer jp-ThemedContainer',
    on: { copy: () => noteTutorCopy(String(getSelection()), this.turn) },
  });
  /** The answer's id, once it is known. */
  turn: string | undefined;
  private readonly renderer: IRenderMime.IRenderer;
  private text = '';
  private rendered = '';
  private rendering: Promise<void> | undefined;

  constructor(
    private readonly rendermime: IRenderMimeRegistry,
    private readonly insert: (code: string, turn?: string) => void,
    private readonly grown: () => void,
  ) {
    this.renderer = rendermime.createRenderer(markdown);
    this.node.append(this.renderer.node);
    // Lumino attaches only to what is in the document already; math is typeset only in what is attached.
    MessageLoop.sendMessage(this.renderer, Widget.Msg.BeforeAttach);
    MessageLoop.sendMessage(this.renderer, Widget.Msg.AfterAttach);
  }

  get content(): string {
    return this.text;
  }

  append(text: string): void {
    void this.show(this.text + text);
  }

  /** Resolves once the text is on the screen. */
  show(text: string): Promise<void> {
    this.text = text;
    return (this.rendering ??= this.renderAll().finally(() => (this.rendering = undefined)));
  }

  dispose(): void {
    MessageLoop.sendMessage(this.renderer, Widget.Msg.BeforeDetach);
    this.renderer.node.remove();
    MessageLoop.sendMessage(this.renderer, Widget.Msg.AfterDetach);
    this.renderer.dispose();
  }

  private async renderAll(): Promise<void> {
    while (this.rendered !== this.text && !this.renderer.isDisposed) {
      const text = this.text;
      await this.renderer.renderModel(this.rendermime.createModel({ data: { [markdown]: text }, trusted: false }));
      this.rendered = text;
      this.addCodeActions();
      this.grown();
      // Gives the page a frame to draw; many small parts become one rendering.
      await new Promise(requestAnimationFrame);
    }
  }

  private addCodeActions(): void {
    for (const block of this.renderer.node.querySelectorAll('pre')) {
      if (block.parentElement?.classList.contains('code-block')) {
        continue;
      }

      const code = () => (block.textContent ?? '').replace(/\n$/, '');
      const frame = el(
        'div',
        { class: 'code-block' },
        el(
          'div',
          { class: 'code-actions' },
          codeAction('insert', 'Insert as cell', 'insert-as-cell', () => this.insert(code(), this.turn)),
          codeAction('copy', 'Copy', 'copy-code', () => {
            noteTutorCopy(code(), this.turn);
            void copy(code());
          }),
        ),
      );
      block.replaceWith(frame);
      frame.prepend(block);
    }
  }
}

function codeAction(name: 'insert' | 'copy', label: string, testId: string, run: () => void): HTMLElement {
  return el('button', { class: 'button small', type: 'button', testId, on: { click: run } }, icon(name), label);
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast('Copied.');
  } catch {
    toastError(new Error('The browser did not allow copying. Select the code and copy it by hand.'));
  }
}
