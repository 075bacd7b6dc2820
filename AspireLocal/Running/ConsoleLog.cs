namespace Lyceum.AspireLocal.Running;

/// <summary>A line that a process wrote.</summary>
/// <param name="Number">Counts up from 1 for each resource.</param>
/// <param name="Time">When it was read.</param>
/// <param name="Source">The process that wrote it.</param>
/// <param name="Text">The line, cut where it is too long.</param>
/// <param name="IsError">Whether it came on standard error.</param>
internal sealed record ConsoleLine(long Number, DateTimeOffset Time, string Source, string Text, bool IsError);

/// <summary>The last lines of a resource's processes.</summary>
internal sealed class ConsoleLog(int capacity, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<ConsoleLine> _lines = new();
    private long _last;

    public void Add(string source, string text, bool isError)
    {
        lock (_lock)
        {
            _lines.Enqueue(new ConsoleLine(++_last, time.GetUtcNow(), source, text, isError));
            if (_lines.Count > capacity)
            {
                _lines.Dequeue();
            }
        }
    }

    public IReadOnlyList<ConsoleLine> After(long number)
    {
        lock (_lock)
        {
            return [.. _lines.Where(line => line.Number > number)];
        }
    }

    /// <summary>The last lines of one process, those on standard error where it wrote any.</summary>
    public IReadOnlyList<string> LastOf(string source, int count)
    {
        lock (_lock)
        {
            var lines = _lines.Where(line => line.Source == source).ToArray();
            var errors = lines.Where(line => line.IsError).ToArray();
            return [.. (errors.Length > 0 ? errors : lines).TakeLast(count).Select(line => line.Text)];
        }
    }
}
