// As PM2's ProcessContainerFork.js: stands between Node and the program, which sees itself in `process.argv`.
import Module from "node:module";

const program = process.env.pm_exec_path ?? "";
process.argv[1] = program;
process.on("message", () => undefined);
process.channel?.unref();
const load: unknown = Reflect.get(Module, "_load");
if (typeof load === "function") Reflect.apply(load, Module, [program, null, true]);
