#!/usr/bin/env node
// The `sockscope` command: argv to a command's exit status.
import { UsageError } from "./command.js";
import { commands } from "./commands.js";
import { helpOfAll, helpOfOne } from "./help.js";
import type { Request } from "./parse.js";
import { parseRequest } from "./parse.js";
import type { Terminal } from "./terminal.js";
import { openTerminal } from "./terminal.js";
import { version } from "../export/version.js";

const answer = async ({ io }: Terminal, request: Request): Promise<number> => {
  if (request.kind === "version") {
    io.print(version());
    return 0;
  }
  if (request.kind === "help") {
    const { command } = request;
    io.print((command ? helpOfOne(command, io.width()) : helpOfAll(commands, io.width())).join("\n"));
    return 0;
  }
  return await request.command.run(io, request.args);
};

const main = async (argv: readonly string[]): Promise<void> => {
  const terminal = openTerminal();
  let name = "sockscope";
  try {
    const request = parseRequest(commands, argv);
    if (request.kind === "run") name = `sockscope ${request.command.name}`;
    const status = await answer(terminal, request);
    terminal.end(terminal.signalStatus() ?? status);
  } catch (error) {
    const reason =
      error instanceof UsageError
        ? error.message.replaceAll("\n", "?")
        : error instanceof Error
          ? error.stack
          : String(error);
    if (error instanceof UsageError && error.command !== undefined) name = `sockscope ${error.command}`;
    terminal.io.tell(`${name}: ${reason}`);
    terminal.end(terminal.signalStatus() ?? 2);
  }
};

void main(process.argv.slice(2));
