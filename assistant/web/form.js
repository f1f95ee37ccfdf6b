// The patient's form in the browser. What was filled in lives in this page alone: it goes to the server with every
// press and comes back with the next screen; nothing is kept there, and closing the page forgets it.
const box = element.querySelector('#care-form');
const screen = box.querySelector('#form-screen');
const live = box.querySelector('#form-live');
let sheet = JSON.parse(box.dataset.sheet);
let leaflet = '';
let busy = false;

function fields() {
  const form = screen.querySelector('form');
  if (!form) return {};
  const found = Object.fromEntries(new FormData(form).entries());
  if (form.dataset.step === 'signs') found.signs = new FormData(form).getAll('signs');
  return found;
}

function show(reply, action) {
  const same = action === 'language';
  sheet = reply.sheet;
  leaflet = reply.leaflet;
  document.documentElement.lang = reply.lang;
  document.title = reply.title;
  box.lang = reply.lang;
  box.querySelector('#form-head').innerHTML = reply.head;
  screen.innerHTML = reply.html;
  box.classList.toggle('emergency', reply.level === 'emergency');
  live.textContent = reply.level ? reply.title : '';
  const wrong = screen.querySelector('[aria-invalid=true]');
  const pressed = box.querySelector('#form-head [aria-pressed=true]');
  const focus = same ? pressed : wrong || screen.querySelector('#form-error') || screen.querySelector('#form-title');
  if (focus) {
    if (!focus.matches('button, input, textarea')) focus.tabIndex = -1;
    focus.focus({ preventScroll: true });
  }
  if (!same) box.scrollIntoView({ block: 'start' });
}

function fail() {
  let note = screen.querySelector('#form-failed');
  if (!note) {
    note = document.createElement('p');
    note.id = 'form-failed';
    note.className = 'form-error';
    note.setAttribute('role', 'alert');
    screen.prepend(note);
  }
  note.textContent = sheet.language === 'zh' ? box.dataset.failedZh : box.dataset.failedEn;
  note.tabIndex = -1;
  note.focus();
}

async function press(action, value) {
  if (busy) return;
  busy = true;
  screen.setAttribute('aria-busy', 'true');
  try {
    show(await server.press({ sheet, action, value: value || '', fields: fields() }), action);
  } catch (error) {
    fail();
  } finally {
    busy = false;
    screen.removeAttribute('aria-busy');
  }
}

function download() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([leaflet], { type: 'text/html' }));
  link.download = 'care-leaflet.html';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function search(words) {
  const wanted = words.trim().toLowerCase();
  let found = 0;
  for (const button of screen.querySelectorAll('[data-names]')) {
    button.hidden = wanted !== '' && !button.dataset.names.includes(wanted);
    found += button.hidden ? 0 : 1;
  }
  for (const group of screen.querySelectorAll('.form-group')) {
    group.hidden = !group.querySelector('[data-names]:not([hidden])');
  }
  screen.querySelector('#form-search-none').hidden = found > 0;
}

let waiting = 0;
function understand(area) {
  const place = screen.querySelector('#form-echo');
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    try {
      const html = await server.understand({ kind: place.dataset.kind, value: area.value, language: sheet.language });
      if (place.innerHTML !== html) place.innerHTML = html;
    } catch (error) { place.textContent = ''; }
  }, 350);
}

box.addEventListener('click', (event) => {
  const mark = event.target.closest('a[href^="#form-source"]');
  const button = event.target.closest('button');
  if (mark) {
    const source = box.querySelector(mark.getAttribute('href'));
    if (source) {
      source.closest('details').open = true;
      source.tabIndex = -1;
      source.focus();
      source.scrollIntoView({ block: 'center' });
    }
    event.preventDefault();
  } else if (button && button.dataset.action) {
    press(button.dataset.action, button.dataset.value);
  } else if (button && 'print' in button.dataset) {
    window.print();
  } else if (button && 'download' in button.dataset) {
    download();
  }
});
box.addEventListener('submit', (event) => {
  event.preventDefault();
  press('next');
});
box.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.id === 'form-search') event.preventDefault();
});
box.addEventListener('input', (event) => {
  if (event.target.id === 'form-search') search(event.target.value);
  else if (event.target.tagName === 'TEXTAREA' && screen.querySelector('#form-echo')) understand(event.target);
});
let folded = [];
window.addEventListener('beforeprint', () => {
  folded = [...box.querySelectorAll('details:not([open])')];
  folded.forEach((part) => { part.open = true; });
});
window.addEventListener('afterprint', () => folded.forEach((part) => { part.open = false; }));
document.documentElement.lang = box.lang;
box.dataset.ready = 'yes';
