// Keeps the list as the server has it for as long as somebody sees it; the form above it stays as it is.
(() => {
  const FIRST_WAIT = 1000;
  const LONGEST_WAIT = 30000;
  const STALE = 'This list is not live at the moment; trying again. If that does not help, reload the page.';

  let events = null;
  let timer = 0;
  let wait = FIRST_WAIT;
  // The version of the list that the server has now, as it told last.
  let told = null;
  let loading = false;

  const list = () => document.getElementById('list');
  const say = (text) => {
    document.getElementById('live').textContent = text;
  };

  const load = async () => {
    const answer = await fetch(location.href, { cache: 'no-store' });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('list');
    if (!answer.ok || !fresh) {
      throw new Error('no list');
    }
    const focused = list().contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    list().replaceWith(fresh);
    if (focused) {
      fresh.querySelector('a[href="' + CSS.escape(focused) + '"]')?.focus();
    }
  };

  const catchUp = async () => {
    if (loading) {
      return;
    }
    loading = true;
    try {
      // More may be told meanwhile. A server beside this one numbers its lists otherwise: once for each thing told is enough.
      for (let done = null; done !== told; ) {
        done = told;
        if (done !== list().dataset.version) {
          await load();
        }
      }
      wait = FIRST_WAIT;
      say('');
    } catch {
      if (events) {
        tryLater();
      }
    }
    loading = false;
  };

  const stop = () => {
    clearTimeout(timer);
    events?.close();
    events = null;
  };

  const listen = () => {
    events = new EventSource('apps/events');
    // The first event comes at once, so whatever happened while nobody listened is told too.
    events.onmessage = (event) => {
      told = event.data;
      catchUp();
    };
    // By itself it would give up for good after a refusal, and else come back at the same time as everybody.
    events.onerror = tryLater;
  };

  const tryLater = () => {
    stop();
    say(STALE);
    timer = setTimeout(listen, wait * (0.5 + Math.random() / 2));
    wait = Math.min(2 * wait, LONGEST_WAIT);
  };

  // A browser has six connections to a host that speaks HTTP/1.1, for all tabs together: none for a page that nobody sees.
  const follow = () => {
    if (document.visibilityState === 'hidden') {
      stop();
    } else if (!events) {
      stop();
      wait = FIRST_WAIT;
      listen();
    }
  };
  document.addEventListener('visibilitychange', follow);
  addEventListener('pagehide', stop);
  addEventListener('pageshow', follow);
  follow();
})();
