/** A stream that the plugin reads, item by item; a stream of bytes comes in pieces. */
export interface Stream<T> extends AsyncIterable<T> {
  /** Reads up to `count` items, and none when the stream has ended. */
  read(count?: number): Promise<T extends Uint8Array ? Uint8Array : T[]>;
  /** Ends it before its end. */
  [Symbol.dispose](): void;
}

/** What the plugin hands over as a stream: anything that can be gone through, now or bit by bit. */
export type StreamSource<T> = AsyncIterable<T> | Iterable<T>;

/** A value that comes later. */
export interface Future<T> {
  /** Waits for it. */
  read(): Promise<T>;
  /** Gives up waiting. */
  [Symbol.dispose](): void;
}
