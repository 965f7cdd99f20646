/** Returns what a reference stands for, or the value itself where it is none. */
export const resolve = ({ components }, value) => {
  if (value?.$ref === undefined) return value;
  return value.$ref
    .split('/')
    .slice(2)
    .reduce((found, name) => found?.[name], components);
};
