export type Theme = 'light' | 'dark';

const storageKey = 'lyceum.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<(theme: Theme) => void>();

/** The theme in force: the one chosen here, else the system's. */
export function currentTheme(): Theme {
  const chosen = localStorage.getItem(storageKey);
  return chosen === 'light' || chosen === 'dark' ? chosen : system.matches ? 'dark' : 'light';
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(storageKey, theme);
  apply();
}

/** Calls back now and on each change; returns how to stop that. */
export function onTheme(listener: (theme: Theme) => void): () => void {
  listeners.add(listener);
  listener(currentTheme());
  return () => listeners.delete(listener);
}

export function startTheme(): void {
  system.addEventListener('change', apply);
  apply();
}

function apply(): void {
  const theme = currentTheme();
  document.documentElement.dataset['theme'] = theme;
  listeners.forEach(listener => listener(theme));
}
