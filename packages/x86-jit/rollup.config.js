import { library } from "../../tools/build/rollup.mjs";

export default library();
