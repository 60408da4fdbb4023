// Plain objects out of views of a kernel struct, many of them and with many fields. Properties that are added one by one
// under computed names make a hash table of an object (V8: after a dozen), which takes twice the time and memory to make,
// and longer to read: each is a copy of one of its shape.

type Figures<Name extends string> = Partial<Record<Name, number>>;

interface Shape<Name extends string> {
  readonly names: readonly Name[];
  readonly empty: Figures<Name>;
}

/** Which fields are there differs little from socket to socket. */
const shapesAtMost = 64;
const wordBits = 31;

/** As JSON.parse makes them: with their properties in them. */
const shapeOf = <Name extends string>(names: readonly Name[]): Shape<Name> => {
  const empty: Figures<Name> = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:0`).join()}}`);
  return { names, empty };
};

/** What is there of a view, as numbers, in the order of `names`: 2^53 bytes on one connection are not seen. */
export const figuresOf = <Name extends string>(
  names: readonly Name[],
): ((view: { readonly [name in Name]?: number | bigint | undefined }) => Readonly<Figures<Name>>) => {
  const shapes = new Map<string, Shape<Name>>();
  const learn = (key: string, present: readonly Name[]): Shape<Name> => {
    const shape = shapeOf(present);
    if (shapes.size >= shapesAtMost) shapes.clear();
    shapes.set(key, shape);
    return shape;
  };
  return (view) => {
    const values: number[] = [];
    let key = "";
    let word = 0;
    for (let i = 0; i < names.length; i += 1) {
      const value = view[names[i]!];
      if (value !== undefined) {
        values.push(Number(value));
        word |= 1 << (i % wordBits);
      }
      if (i % wordBits < wordBits - 1) continue;
      key += `${word},`;
      word = 0;
    }
    key += word;
    const shape =
      shapes.get(key) ??
      learn(
        key,
        names.filter((name) => view[name] !== undefined),
      );
    const figures = { ...shape.empty };
    for (let i = 0; i < values.length; i += 1) figures[shape.names[i]!] = values[i]!;
    return figures;
  };
};
