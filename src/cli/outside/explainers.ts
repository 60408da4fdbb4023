// One explainer a process: each is told only of its own sockets.
import { createExplainer, type Explainer, type ExplainerOptions } from "../../explain/explainer.js";

export const explainersByProcess = (options: ExplainerOptions = {}): Pick<Explainer, "observe" | "active"> => {
  const explainers = new Map<number | undefined, Explainer>();
  return {
    observe: (snapshot) => {
      const pid = snapshot.process?.pid;
      const explainer = explainers.get(pid) ?? createExplainer(options);
      explainers.set(pid, explainer);
      return explainer.observe(snapshot);
    },
    active: () => [...explainers.values()].flatMap((explainer) => explainer.active()),
  };
};
