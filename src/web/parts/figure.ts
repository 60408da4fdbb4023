// A figure in words, with where the kernel keeps it. No DOM.

export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly kernel?: string | undefined;
}
