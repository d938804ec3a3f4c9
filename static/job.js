// Looks every two seconds how far the file of this page is. Without this script the page is loaded
// anew every five.
"use strict";

const EVERY = 2000; // milliseconds

async function look() {
  const answer = await fetch(location.href, { redirect: "error" });
  if (!answer.ok) return location.reload();
  const there = new DOMParser().parseFromString(await answer.text(), "text/html");
  const job = there.getElementById("job");
  if (!job || !("open" in job.dataset)) return location.reload(); // with its other buttons
  document.getElementById("job").replaceChildren(...job.childNodes);
  return wait();
}

function wait() {
  setTimeout(() => look().catch(wait), EVERY); // a line that breaks comes back
}

wait();
