// Fetches the open page again and puts in what has changed, keeping what the reader has opened, typed and scrolled.
'use strict';

const content = document.getElementById('content');
const pause = document.getElementById('pause');
const every = 1500;
let paused = false;

pause.addEventListener('click', () => {
  paused = !paused;
  pause.setAttribute('aria-pressed', String(paused));
  pause.textContent = paused ? 'Paused' : 'Pause';
});

content.addEventListener('change', event => {
  if (event.target instanceof HTMLSelectElement) {
    event.target.form?.requestSubmit();
  }
});

const isBusy = () => content.contains(document.activeElement) && /^(INPUT|SELECT|BUTTON)$/.test(document.activeElement.tagName)
  || String(getSelection()) !== '';

function stick() {
  const console = content.querySelector('[data-stick]');
  if (console) {
    console.scrollTop = console.scrollHeight;
  }
}

async function refresh() {
  if (paused || document.hidden || isBusy()) {
    return;
  }
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok) {
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('content');
  if (!fresh || fresh.innerHTML === refresh.last || isBusy()) {
    return;
  }
  refresh.last = fresh.innerHTML;
  const open = [...content.querySelectorAll('details[open]')].map(element => element.id);
  const old = content.querySelector('[data-stick]');
  const atEnd = !old || old.scrollHeight - old.scrollTop - old.clientHeight < 40;
  const top = old?.scrollTop ?? 0;
  content.replaceChildren(...fresh.childNodes);
  open.forEach(id => document.getElementById(id)?.setAttribute('open', ''));
  if (atEnd) {
    stick();
  } else {
    content.querySelector('[data-stick]').scrollTop = top;
  }
}

async function loop() {
  try {
    await refresh();
  } catch {
    // The AppHost is away; the next round asks again.
  }
  setTimeout(loop, every);
}

stick();
setTimeout(loop, every);
