// Style sheets are imported where they are needed; esbuild gathers them.
declare module "*.css";
