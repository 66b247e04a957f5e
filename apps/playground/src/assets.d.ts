/** Files that are no modules, as vite imports them. */
declare module "*?raw" {
  const text: string;
  export default text;
}
declare module "*.css";
