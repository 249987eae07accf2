// The token is in the fragment, which never reaches a server by itself: not its log, not its trace, not a link preview.
const token = location.hash.slice(1);
if (token) {
  document.getElementById("message").textContent = "Signing in…";
  history.replaceState(null, "", "/sign-in");
  const form = document.querySelector("form");
  form.elements.token.value = token;
  form.submit();
}
