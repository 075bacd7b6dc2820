/** One server-sent event. */
export interface ServerEvent {
  event: string;
  data: string;
  /** Where the stream is after this event, for `Last-Event-ID`; empty when it does not say. */
  id: string;
}

// An answer's longest line is far below this; a peer that never ends a line must not fill the memory.
const maxBufferedCharacters = 4 * 1024 * 1024;

/**
 * Reads server-sent events from a response to any method; the browser's EventSource only sends GET.
 */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let buffered = '';
  let event = '';
  let id = '';
  let data: string[] = [];
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }

      buffered += value;
      if (buffered.length > maxBufferedCharacters) {
        throw new Error('The server sent an event that is too large.');
      }

      // A lone CR at the end may be the first half of CRLF, so it waits for what follows.
      const lines = buffered.split(/\r\n|\n|\r(?!$)/);
      buffered = lines.pop() ?? '';
      for (const line of lines) {
        if (line !== '') {
          const [field, content] = splitField(line);
          if (field === 'event') {
            event = content;
          } else if (field === 'id') {
            id = content;
          } else if (field === 'data') {
            data.push(content);
          }
        } else if (data.length > 0) {
          yield { event: event || 'message', data: data.join('\n'), id };
          [event, data] = ['', []];
        }
      }
    }
  } finally {
    // Ends the request when the consumer stops early.
    await reader.cancel().catch(() => undefined);
  }
}

function splitField(line: string): [field: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 0) {
    return [line, ''];
  }

  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value];
}
