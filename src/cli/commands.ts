// The commands of this version, in the order of the help text. A command is listed when it works.
import type { Command } from "./command.js";
import { demo } from "./demo.js";
import { diagnose } from "./diagnose.js";
import { doctor } from "./doctor.js";
import { explain } from "./explain.js";
import { record } from "./record.js";
import { report } from "./report.js";
import { simulateCommand } from "./simulate.js";
import { top } from "./top.js";

export const commands: readonly Command[] = [diagnose, top, explain, record, report, demo, doctor, simulateCommand];
