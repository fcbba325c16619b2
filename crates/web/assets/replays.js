// A round of replays that runs: the page comes again by itself until it is over.
if (document.querySelector("progress")) {
  setTimeout(() => location.reload(), 1000);
}
