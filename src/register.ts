// `node --import sockscope/register app.js`, or `-r`: starts the agent from the environment, in the main thread and in
// the application's Workers, and lets nothing of it reach the application.
import { startUnseen } from "./agent/agent.js";

startUnseen();
