const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

/** "3 min. ago" for a moment in the past. */
export function ago(time: string, now: number = Date.now()): string {
  const seconds = Math.min(0, Math.round((Date.parse(time) - now) / 1000));
  if (seconds > -45) {
    return 'just now';
  }

  if (seconds > -3600) {
    return relative.format(Math.round(seconds / 60), 'minute');
  }

  return seconds > -86400
    ? relative.format(Math.round(seconds / 3600), 'hour')
    : relative.format(Math.round(seconds / 86400), 'day');
}
