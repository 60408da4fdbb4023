// `/explain` of the endpoint: what a call on this socket would do now, in sentences.
import { storedToken } from "./token-form.js";

/** An address of this endpoint, also behind a proxy that puts it below a path of its own. */
export const urlOf = (path: string): string => new URL(path, document.baseURI).href;

/** Never throws: what went wrong is the answer. `query`: `listener=…` or `connection=…`. */
export const askInWords = async (query: string): Promise<readonly string[]> => {
  const token = storedToken();
  try {
    const response = await fetch(urlOf(`explain?${query}`), {
      cache: "no-store",
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) return [`The endpoint has no answer (${response.status}).`];
    const { text } = (await response.json()) as { readonly text?: readonly string[] };
    return text && text.length > 0 ? text : ["Nothing to say about it."];
  } catch {
    return ["The endpoint does not answer."];
  }
};
