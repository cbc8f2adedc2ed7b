// Where not all of the page came, it would stay white: this says so and asks for it again, in old words like too_old.js.
(function () {
  var PATIENCE_MS = 30000;
  var AGAIN_MS = 3000;
  var said = false;
  function nothing() {
    return document.getElementById("nothing");
  }
  function later() {
    setTimeout(again, AGAIN_MS);
  }
  function again() {
    // The browser's own page for no connection would be a dead end.
    if (nothing()) fetch(location.pathname, { cache: "no-store" }).then(reload, later);
  }
  function reload(answer) {
    if (!nothing()) return;
    if (answer.ok) location.reload();
    else later();
  }
  function look() {
    if (said || !nothing()) return;
    said = true;
    nothing().hidden = false;
    later();
  }
  // A browser without modules is told something else.
  if (!("noModule" in document.createElement("script"))) return;
  addEventListener("error", function (event) {
    if (event.target instanceof HTMLScriptElement) look();
  }, true);
  setTimeout(look, PATIENCE_MS);
})();
