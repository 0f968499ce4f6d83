/** What the palette offers at a glance: headings and the operations under them. Data only. */

/** One heading with its operations; names that the catalogue lacks are left out. */
export interface PaletteRow {
  readonly heading: string;
  readonly operations: readonly string[];
}

export const PALETTE_ROWS: readonly PaletteRow[] = [
  {
    heading: "Sources",
    operations: [
      "torch.tensor",
      "torch.randn",
      "torch.rand",
      "torch.zeros",
      "torch.linspace",
      "gradcanvas.data",
    ],
  },
  {
    heading: "Arithmetic",
    operations: [
      "torch.add",
      "torch.sub",
      "torch.mul",
      "torch.pow",
      "torch.matmul",
      "torch.mean",
      "torch.sum",
    ],
  },
  {
    heading: "Activations",
    operations: [
      "torch.nn.functional.relu",
      "torch.tanh",
      "torch.sigmoid",
      "torch.nn.functional.softmax",
      "torch.nn.functional.gelu",
    ],
  },
  {
    heading: "Losses",
    operations: ["torch.nn.functional.mse_loss", "torch.nn.functional.cross_entropy"],
  },
  { heading: "Modules", operations: ["torch.nn.Linear", "torch.nn.Conv2d", "torch.nn.LSTM"] },
];
