/** One question to a worker of the page, which is made for it and ended with it: long computations leave the page alive. */

/** What a worker answers: the result, or why there is none. */
export type Reply<T> = { readonly result: T } | { readonly failure: string };

/** Asks; throws an `Error` with the worker's words where it fails or cannot even start. */
export function askWorker<T>(worker: Worker, question: unknown): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Reply<T>>) => {
      if ("result" in data) resolve(data.result);
      else reject(new Error(data.failure));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message || "its script could not be loaded"));
    };
    worker.onmessageerror = () => reject(new Error("its answer could not be read"));
    worker.postMessage(question);
  }).finally(() => worker.terminate());
}

/** What the worker sends: the result of `compute`, or its error in words. */
export function replyOf<T>(compute: () => T): Reply<T> {
  try {
    return { result: compute() };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
