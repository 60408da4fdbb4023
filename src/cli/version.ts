// The command line shows the version that log lines carry.
export { version } from "../export/version.js";
