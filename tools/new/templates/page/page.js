import { explain } from "@mem/flat";
import { makeMap } from "./map.js";

const map = makeMap();
const byId = (id) => document.getElementById(id);

function show() {
  byId("picture").innerHTML = map.draw();
  const address = Number(byId("address").value);
  const isAddress = Number.isInteger(address) && address >= 0 && address <= 0xffff;
  byId("why").textContent = isAddress
    ? String(explain(map.bus, address))
    : "an address is a number from 0 to 0xffff";
}

byId("bank").addEventListener("input", ({ target }) => {
  map.selectBank(Number(target.value));
  show();
});
byId("address").addEventListener("input", show);
show();
