// The groups of the navigation begin open; whoever closes one finds it closed again.
for (const group of ["Guides", "Modules", "Documents"]) {
  const key = `tsd-accordion-${group}`;
  if (localStorage.getItem(key) === null) localStorage.setItem(key, "true");
}
