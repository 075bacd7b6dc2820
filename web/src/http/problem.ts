/** An answer that was not the one asked for, in words for whoever sits in front of the page. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string = '',
  ) {
    super(detail || title);
    this.name = 'Problem';
  }
}

interface ProblemBody {
  title?: unknown;
  detail?: unknown;
  status?: unknown;
  errors?: Record<string, string[]>;
  /** Jupyter's own shape. */
  message?: unknown;
  reason?: unknown;
}

/** Reads ProblemDetails, a validation problem, or Jupyter's `{message, reason}`. */
export function problemOf(body: unknown, status: number): Problem {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as ProblemBody;
  const title = text(problem.title) || text(problem.message) || titleOf(status);
  const fields = problem.errors ? Object.values(problem.errors).flat().join(' ') : '';
  return new Problem(
    typeof problem.status === 'number' ? problem.status : status,
    title,
    text(problem.detail) || fields || text(problem.reason),
  );
}

export async function problemOfResponse(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  return problemOf(body, response.status);
}

/** The sentence to show for anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Problem) {
    return error.detail && error.detail !== error.title
      ? `${error.title.replace(/[.:]$/, '')}: ${error.detail}`
      : error.message;
  }

  return error instanceof TypeError
    ? 'The server does not answer. Check the connection and try again.'
    : error instanceof Error
      ? error.message
      : String(error);
}

function titleOf(status: number): string {
  switch (status) {
    case 401:
      return 'You are not signed in.';
    case 403:
      return 'You may not do that.';
    case 404:
      return 'That does not exist.';
    case 409:
      return 'That exists already.';
    case 413:
      return 'That is too large.';
    case 429:
      return 'Too many requests at once. Wait a moment.';
    case 502:
    case 503:
    case 504:
      return 'A part of the service is away at the moment.';
    default:
      return `The server answered ${status}.`;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
