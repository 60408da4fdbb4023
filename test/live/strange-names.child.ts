// Listens at unix paths and under a title that a terminal would obey; with the agent, whose sample lines go to stderr.
import net from "node:net";
import { start } from "../../src/index.js";

const [path = "", title = ""] = process.argv.slice(2);
start({ logLevel: "sample", intervalMs: 250 });
net.createServer().listen(path, () => {
  process.title = title;
  process.send?.({ kind: "listening" });
});
process.on("disconnect", () => process.exit());
