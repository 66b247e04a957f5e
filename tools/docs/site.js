// The groups of the navigation begin open; whoever closes one finds it closed again.
for (const group of ["Guides", "Modules", "Documents"]) {
  const key = `tsd-accordion-${group}`;
  if (localStorage.getItem(key) === null) localStorage.setItem(key, "true");
}

// Where a picture of a map stands, the map itself: what it is drawn from can be changed. A page that
// was opened as a file keeps the pictures, since browsers run no modules there.
const living = {
  "overlap-container": "lesson.html?embed#lesson=overlap",
  "overlap-device": "lesson.html?embed#lesson=overlap-device",
  "pc-before-shadow": "lesson.html?embed#lesson=shadow",
  "pc-after-shadow": "index.html?embed",
};
function bringToLife() {
  const base = new URL(
    `${document.documentElement.dataset.base ?? "./"}playground/`,
    location.href,
  );
  for (const image of document.querySelectorAll("img")) {
    const name = /([\w-]+)\.svg$/.exec(image.getAttribute("src") ?? "")?.[1];
    if (name === undefined || !Object.hasOwn(living, name)) continue;
    const frame = document.createElement("iframe");
    frame.className = "living-map";
    frame.title = image.alt;
    frame.loading = "lazy";
    frame.src = new URL(living[name], base).href;
    image.replaceWith(frame);
  }
}
if (location.protocol.startsWith("http")) addEventListener("DOMContentLoaded", bringToLife);
