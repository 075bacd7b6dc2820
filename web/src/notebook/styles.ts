import { applyJupyterTheme as applyToolkitTheme, fillColor } from '@jupyter/web-components';
import '@jupyterlab/notebook/style/index.css';
import '@jupyterlab/completer/style/index.css';
import '@jupyterlab/mathjax-extension/style/index.css';
import dark from '@jupyterlab/theme-dark-extension/style/variables.css?inline';
import light from '@jupyterlab/theme-light-extension/style/variables.css?inline';
import '../style/notebook.css';
import '../style/tutor.css';
import type { Theme } from '../app/theme';
import { el } from '../dom/element';

const variables = el('style', { 'data-jupyter-theme': true });

/** JupyterLab's own theme variables; those that notebook.css sets again come after and win. */
export function applyJupyterTheme(theme: Theme): void {
  variables.textContent = theme === 'dark' ? dark : light;
  if (!variables.isConnected) {
    document.head.prepend(variables);
  }

  document.body.dataset['jpThemeLight'] = String(theme === 'light');
  document.body.dataset['jpThemeName'] = theme === 'light' ? 'JupyterLab Light' : 'JupyterLab Dark';
  applyToolkitTheme();
}

/**
 * JupyterLab's toolbar derives its colour from its parent's. Resolved for the parent first, because
 * resolving it while the toolbar waits for it makes the two notify each other without end.
 */
export function prepareToolbarParent(node: HTMLElement): void {
  fillColor.getValueFor(node);
}
