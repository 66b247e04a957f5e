import { application } from "../../tools/build/rollup.mjs";

export default application();
