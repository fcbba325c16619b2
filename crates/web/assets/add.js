// A file dropped on the page goes into the form's own field; nothing is sent before the button is
// pressed.
"use strict";

(() => {
  const drop = document.getElementById("drop");
  const file = document.getElementById("file");
  const told = document.getElementById("dropped");
  if (!drop || !file) return;

  const tell = () => {
    told.textContent = Array.from(file.files, (one) => one.name).join(", ");
  };
  file.addEventListener("change", tell);

  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer || !Array.from(event.dataTransfer.types).includes("Files")) return;
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    drop.classList.remove("over");
    if (!event.dataTransfer || event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    file.files = event.dataTransfer.files;
    tell();
  });
})();
