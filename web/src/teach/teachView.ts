import '../style/teach.css';
import type { TeachPart } from '../app/router';
import type { AppContext, View } from '../app/view';
import { People } from '../classview/people';
import { el } from '../dom/element';
import { AssignmentsSection } from './assignmentsSection';
import { ExperimentsSection } from './experimentsSection';
import { PromptsSection } from './promptsSection';
import { QueueSection } from './queueSection';
import type { Section, SectionContext } from './section';
import { TeachClient } from './teachClient';
import { TurnsSection } from './turnsSection';

const parts: [TeachPart, string, string][] = [
  ['queue', 'Waiting for you', 'Students who asked for a person.'],
  ['assignments', 'Assignments', 'What is to be done, and how much the tutor may help.'],
  ['turns', 'Questions', 'What was asked, and exactly what the model saw.'],
  ['experiments', 'Experiments', 'Who gets which tutor, and how many have had it.'],
  ['prompts', 'Prompts', 'What the models are told. A draft is published once it passes its cases.'],
];

/** What instructors decide about the tutor and see of it. */
export class TeachView implements View {
  readonly node: HTMLElement;
  readonly title = 'Tutor';
  private readonly section: Section;

  constructor(app: AppContext, part: TeachPart) {
    const context: SectionContext = { client: new TeachClient(app.identity.course), people: new People() };
    this.section = open(part, context);
    const [, heading, about] = parts.find(([name]) => name === part)!;
    this.node = el(
      'div',
      { class: 'page teach', testId: 'teach-view' },
      el(
        'nav',
        { class: 'teach-nav', 'aria-label': 'Tutor' },
        ...parts.map(([name, label]) =>
          el(
            'a',
            {
              href: name === 'queue' ? '/teach' : `/teach/${name}`,
              'data-route': true,
              'aria-current': name === part ? 'page' : null,
              testId: `teach-${name}`,
            },
            label,
          ),
        ),
      ),
      el(
        'div',
        { class: 'page-head' },
        el('h1', {}, heading),
        el('span', { class: 'badge' }, app.identity.course),
        el('p', { class: 'muted teach-about' }, about),
      ),
      this.section.node,
    );
  }

  dispose(): void {
    this.section.dispose?.();
  }
}

function open(part: TeachPart, context: SectionContext): Section {
  switch (part) {
    case 'queue':
      return new QueueSection(context);
    case 'assignments':
      return new AssignmentsSection(context);
    case 'turns':
      return new TurnsSection(context);
    case 'experiments':
      return new ExperimentsSection(context);
    case 'prompts':
      return new PromptsSection(context);
  }
}
