// When the connection drops, try again until it is back. A server that restarted knows this page no more: load it anew.
Blazor.start({
  circuit: {
    reconnectionOptions: { maxRetries: 1000000, retryIntervalMilliseconds: attempt => attempt < 20 ? 1000 : 5000 },
  },
});

const notice = document.getElementById("components-reconnect-modal");
new MutationObserver(() => {
  if (notice.classList.contains("components-reconnect-rejected") || notice.classList.contains("components-reconnect-failed")) {
    location.reload();
  }
}).observe(notice, { attributeFilter: ["class"] });
