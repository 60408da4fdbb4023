// The screen's size, and what of it is left for the panels.

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export const footerRows = ({ rows }: Size): number => (rows > 2 ? 1 : 0);
export const headerRows = ({ rows }: Size): number => Math.min(2, Math.max(1, rows - 3));
export const bodyRows = (size: Size): number => size.rows - headerRows(size) - footerRows(size);
