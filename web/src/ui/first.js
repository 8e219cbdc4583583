/* Before the page's own scripts are here: asks for what those would ask for only once they run. Over a bad
 * network each question is a wait, and these are waited for while the scripts come.
 *
 * The words of the language that the page will speak (chosen as i18n/index.ts does); on a phone that is logged
 * in the socket, which link.ts takes over with all that it has heard, on any other the way in. */

(() => {
  const { zh, en, socket, login } = document.currentScript.dataset;
  const kept = (name) => {
    try {
      return localStorage.getItem(`kuaifan.${name}`);
    } catch {
      return null; /* storage is denied: follow the browser */
    }
  };
  const chosen = kept('language') ?? navigator.language.slice(0, 2).toLowerCase();
  const isIn = kept('session') !== null;
  const files = (chosen === 'zh' ? zh : en).split(' ');
  if (login !== undefined && !isIn) files.push(...login.split(' '));
  for (const href of files) {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.crossOrigin = '';
    link.href = href;
    document.head.append(link);
  }
  if (socket === undefined || !isIn) return;
  const early = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/ws`, socket);
  early.heard = [];
  early.onopen = () => {
    early.openedMs = performance.now(); /* the engine does not wait long for the login */
  };
  early.onmessage = (event) => early.heard.push(event);
  window.kuaifanSocket = early;
})();
