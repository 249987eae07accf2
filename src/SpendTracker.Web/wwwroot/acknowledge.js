// The token is in the fragment, which never reaches a server by itself. Nothing is posted until a person presses the button:
// mail scanners and chat previews open links, too, and some run scripts.
const token = location.hash.slice(1);
if (token) {
  document.getElementById("message").textContent = "Acknowledge this alert? Reminders stop, and nobody else is told.";
  history.replaceState(null, "", "/acknowledge");
  const form = document.querySelector("form");
  form.elements.token.value = token;
  form.hidden = false;
}
