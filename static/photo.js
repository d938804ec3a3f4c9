// Shrinks a chosen picture before it is sent, so that a weak line carries it. Without this script,
// or where a browser cannot do it, the picture goes as it is and the server shrinks it.
"use strict";

const LARGEST = 300000; // bytes
const STEPS = [[1600, 0.8], [1600, 0.6], [1280, 0.6], [1024, 0.5], [800, 0.5]]; // side, quality

function drawn(picture, longest, quality) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
}

async function shrunk(file) {
  const picture = await createImageBitmap(file);
  let blob = null;
  for (const [longest, quality] of STEPS) {
    blob = await drawn(picture, longest, quality);
    if (!blob || blob.size <= LARGEST) break;
  }
  picture.close();
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
}

async function replace(input) {
  const file = input.files[0];
  if (!file) return;
  try {
    const small = await shrunk(file);
    if (input.files[0] !== file || small === file) return;
    const sent = new DataTransfer();
    sent.items.add(small);
    input.files = sent.files;
  } catch {
    // Not a picture that this browser reads: the server says what is wrong with it.
  }
}

for (const input of document.querySelectorAll("input[type=file][data-shrink]")) {
  let working = null;
  input.addEventListener("change", () => {
    const mine = replace(input).then(() => { if (working === mine) working = null; });
    working = mine;
  });
  input.form.addEventListener("submit", (event) => {
    if (!working) return;
    event.preventDefault(); // sent as soon as the picture is small
    const button = event.submitter;
    working.then(() => input.form.requestSubmit(button));
  });
}
