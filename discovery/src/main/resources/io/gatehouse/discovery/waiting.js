// Looks once a second whether something has changed, and then loads the page again: sooner than the refresh in its head.
(() => {
  const seen = document.documentElement.dataset.state;
  const look = async () => {
    try {
      const answer = await fetch(location.href, {
        method: 'HEAD', redirect: 'manual', cache: 'no-store', headers: { Accept: 'text/html' },
      });
      if (answer.type === 'opaqueredirect' || answer.headers.get('Gatehouse-Page') !== seen) {
        location.reload();
        return;
      }
    } catch {
      // Nobody answers at the moment: the next look may find somebody.
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
})();
