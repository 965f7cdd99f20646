/** What the columns of a chart count, from below to above. */
export interface Layer {
  name: string;
  /** The name of its colour in the styles. */
  hue: string;
  /** One for each column. */
  values: number[];
}

/** What a chart shows. The chart is drawn anew for each object. */
export interface Columns {
  /** What stands below each column. */
  labels: string[];
  layers: Layer[];
}
