/** The sockets of a card: where wires begin and end. Gestures on them are the canvas' own; keys are the list's. */
import { memo, type ReactNode } from "react";
import { useCanvas } from "./canvas-store";
import { shortParameter } from "./card-layout";
import type { CardModel, InputModel, OutputModel } from "./card-model";

/** The attributes by which a gesture finds what a socket is. */
export interface SocketData {
  readonly uid: string;
  readonly side: "input" | "output";
  readonly argument: string | null;
  readonly index: number | null;
  readonly list: boolean;
  readonly output: string | null;
}

/** Reads what the socket under an event's target is, null if there is none. */
export function socketOf(target: EventTarget | null): SocketData | null {
  const element = target instanceof Element ? target.closest<HTMLElement>("[data-socket-side]") : null;
  if (element === null) return null;
  const {
    socketUid = "",
    socketSide,
    socketArgument,
    socketIndex,
    socketList,
    socketOutput,
  } = element.dataset;
  return {
    uid: socketUid,
    side: socketSide === "input" ? "input" : "output",
    argument: socketArgument ?? null,
    index: socketIndex === undefined ? null : Number(socketIndex),
    list: socketList === "true",
    output: socketOutput ?? null,
  };
}

/** All sockets of a card. */
export const Sockets = memo(function Sockets({ card }: { readonly card: CardModel }): ReactNode {
  const fits = useCanvas((canvas) => canvas.fits);
  const { uid } = card.node;
  const { layout } = card;
  const outputs = card.outputs.filter((output) => !output.parameter).length;
  return (
    <>
      {card.inputs.map((input, index) => (
        <Input
          key={`${input.argument}.${input.index}`}
          card={card}
          input={input}
          y={layout.inputs[index] ?? 0}
          state={fits === null ? "" : fits.fitsInput(uid, input.argument) ? "fits" : "refuses"}
        />
      ))}
      {card.outputs.map((output, index) => (
        <Output
          key={output.name}
          card={card}
          output={output}
          single={outputs === 1}
          y={(output.parameter ? layout.parameters[index - outputs] : layout.outputs[index]) ?? 0}
          state={fits === null ? "" : fits.fitsOutput(uid) ? "fits" : "refuses"}
        />
      ))}
    </>
  );
});

interface InputProps {
  readonly card: CardModel;
  readonly input: InputModel;
  readonly y: number;
  readonly state: string;
}

function Input({ card, input, y, state }: InputProps): ReactNode {
  const { node } = card;
  const name = input.index === null ? input.argument : `${input.argument}.${input.index}`;
  const look = input.edge !== null ? "wired" : input.optional ? "optional" : "open";
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`socket socket-input socket-${look} nodrag nopan ${state}`}
      style={{ top: y }}
      aria-label={`input ${name} of ${node.id}`}
      data-socket={`${node.id}.${name}`}
      data-socket-side="input"
      data-socket-uid={node.uid}
      data-socket-argument={input.argument}
      data-socket-index={input.index ?? undefined}
      data-socket-list={input.list}
    >
      <span className="socket-dot" />
      <span className="socket-name">
        {input.literal === null ? name : `${name} = ${shortLiteral(input.literal)}`}
      </span>
    </button>
  );
}

interface OutputProps {
  readonly card: CardModel;
  readonly output: OutputModel;
  readonly single: boolean;
  readonly y: number;
  readonly state: string;
}

function Output({ card, output, single, y, state }: OutputProps): ReactNode {
  const { node } = card;
  const shown = output.parameter ? shortParameter(output.name, card.layout.width) : output.name;
  const isNamed = output.parameter ? shown !== output.name : !single;
  const reference = output.output === null ? node.id : `${node.id}.${output.output}`;
  return (
    <>
      {output.parameter && (
        <span className="card-parameter" style={{ top: y }}>
          {shown}
        </span>
      )}
      <button
        type="button"
        tabIndex={-1}
        className={`socket socket-output nodrag nopan ${state}`}
        style={{ top: y }}
        aria-label={
          single && !output.parameter ? `output of ${node.id}` : `output ${output.name} of ${node.id}`
        }
        data-socket={reference}
        data-socket-side="output"
        data-socket-uid={node.uid}
        data-socket-output={output.output ?? undefined}
      >
        <span className="socket-dot" />
        {isNamed && <span className="socket-name">{output.name}</span>}
      </button>
    </>
  );
}

function shortLiteral(literal: string): string {
  return literal.length > 12 ? `${literal.slice(0, 11)}…` : literal;
}
