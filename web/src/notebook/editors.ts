import type { IYText } from '@jupyter/ydoc';
import {
  CodeMirrorEditorFactory,
  CodeMirrorMimeTypeService,
  EditorExtensionRegistry,
  EditorLanguageRegistry,
  EditorThemeRegistry,
  parseMathIPython,
  ybinding,
} from '@jupyterlab/codemirror';

/** What the cells' editors are made of. */
export interface Editors {
  languages: EditorLanguageRegistry;
  factory: CodeMirrorEditorFactory;
  mimeTypes: CodeMirrorMimeTypeService;
}

export function createEditors(): Editors {
  const languages = createLanguages();
  return {
    languages,
    factory: new CodeMirrorEditorFactory({ extensions: createExtensions(), languages }),
    mimeTypes: new CodeMirrorMimeTypeService(languages),
  };
}

/** Each language's own code is loaded when a cell first needs it. */
function createLanguages(): EditorLanguageRegistry {
  const languages = new EditorLanguageRegistry();
  EditorLanguageRegistry.getDefaultLanguages().forEach(language => languages.addLanguage(language));
  languages.addLanguage({
    name: 'ipythongfm',
    mime: 'text/x-ipythongfm',
    load: async () => {
      const { markdown } = await import('@codemirror/lang-markdown');
      return markdown({
        codeLanguages: name => languages.findBest(name) as never,
        extensions: [parseMathIPython()],
      });
    },
  });
  return languages;
}

function createExtensions(): EditorExtensionRegistry {
  const themes = new EditorThemeRegistry();
  EditorThemeRegistry.getDefaultThemes().forEach(theme => themes.addTheme(theme));
  const extensions = new EditorExtensionRegistry();
  EditorExtensionRegistry.getDefaultExtensions({ themes }).forEach(extension => extensions.addExtension(extension));
  extensions.addExtension({
    name: 'shared-model-binding',
    factory: ({ model }) => {
      const text = model.sharedModel as IYText;
      return EditorExtensionRegistry.createImmutableExtension(
        ybinding({ ytext: text.ysource, ...(text.undoManager ? { undoManager: text.undoManager } : {}) }),
      );
    },
  });
  return extensions;
}
