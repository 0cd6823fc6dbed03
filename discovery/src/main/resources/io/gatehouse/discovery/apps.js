// Loads the list again when the server tells that it has changed; the form above it stays as it is.
(() => {
  let loading = false;
  let again = false;
  const load = async () => {
    if (loading) {
      again = true;
      return;
    }
    loading = true;
    try {
      const answer = await fetch(location.href, { cache: 'no-store' });
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('list');
      const list = document.getElementById('list');
      if (answer.ok && fresh) {
        const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
        list.replaceWith(fresh);
        if (focused) {
          fresh.querySelector('a[href="' + CSS.escape(focused) + '"]')?.focus();
        }
      }
    } catch {
      // Nobody answers at the moment: the next event brings the list.
    }
    loading = false;
    if (again) {
      again = false;
      load();
    }
  };
  const events = new EventSource('apps/events');
  let opened = false;
  events.onmessage = load;
  events.onopen = () => {
    // What happened while nobody was connected.
    if (opened) {
      load();
    }
    opened = true;
  };
})();
