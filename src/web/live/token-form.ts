// Asks for the token when the endpoint wants one. It stays in this tab's session storage and goes to this endpoint only.
import { html, setText } from "../parts/element.js";

export interface TokenForm {
  readonly element: HTMLElement;
  readonly show: (refused: boolean) => void;
  readonly hide: () => void;
}

const key = "sockscope-token";

export const storedToken = (): string | undefined => sessionStorage.getItem(key) ?? undefined;

export const createTokenForm = (onToken: () => void): TokenForm => {
  const input = html("input", {
    type: "password",
    id: "token",
    autocomplete: "off",
    required: true,
    spellcheck: "false",
  });
  const hint = html("p", { class: "hint", id: "token-hint" });
  input.setAttribute("aria-describedby", "token-hint");
  const element = html(
    "form",
    { class: "token", hidden: true },
    html("h2", {}, "This endpoint asks for a token"),
    html("label", { for: "token" }, "Token (SOCKSCOPE_HTTP_TOKEN of the process)"),
    html("div", { class: "row" }, input, html("button", { type: "submit" }, "Open")),
    hint,
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(key, input.value.trim());
    input.value = "";
    onToken();
  });
  return {
    element,
    show(refused) {
      element.hidden = false;
      setText(hint, refused ? "The token was not accepted." : "It is kept in this tab until you close it.");
      input.focus();
    },
    hide() {
      element.hidden = true;
    },
  };
};
