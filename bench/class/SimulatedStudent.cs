using System.Text.Json;

namespace Lyceum.ClassSimulation;

/// <summary>
/// A student who goes through the exercises: writes a line, runs, fails, sometimes with the same error again, asks the tutor, takes over
/// its code now and then, and goes on when a cell has run. The events are those of the page and of the services behind it.
/// </summary>
internal sealed class SimulatedStudent(int number, int seed)
{
    private readonly Random _random = new(unchecked((seed * 7919) + number));
    private readonly List<string> _code = [.. Exercises.All.Select(exercise => exercise.Given)];
    private int _exercise;
    private int _written;
    private (string Name, string Value)? _last;
    private int _repeated;
    private long _sequence;

    /// <summary>From 0, able, to 1, lost.</summary>
    private double Trouble => 0.25 + (number * 0.618 % 1 * 0.75);

    /// <summary>How long until the next thing is done, in seconds of the student's own time.</summary>
    public double Pause() => 2 + (_random.NextDouble() * 14);

    /// <summary>What is sent on opening the notebook.</summary>
    public object Open(DateTimeOffset now) => Page("NotebookOpenEvent", now, new Dictionary<string, object?>
    {
        ["cells"] = Exercises.All.Select((exercise, index) => new { id = exercise.Cell, index, type = "code", doc = exercise.Given.Split('\n') }),
    });

    /// <summary>The next thing that the student does.</summary>
    public IReadOnlyList<object> Next(DateTimeOffset now)
    {
        var exercise = Exercises.All[_exercise];
        var lines = exercise.Solution.Split('\n');
        List<object> events = [];
        if (_written < lines.Length)
        {
            var source = _random.NextDouble() is var luck && luck < 0.06 ? "tutor" : luck < 0.12 ? "pasted" : "typed";
            Write(events, now, lines[_written++] + (_written < lines.Length ? "\n" : ""), source);
            if (_written < lines.Length && _random.Next(3) > 0)
            {
                return events;
            }
        }

        if (_written == lines.Length && _random.NextDouble() > exercise.Difficulty * Trouble * 1.6)
        {
            events.Add(Execution(now, null));
            (_last, _repeated, _written) = (null, 0, 0);
            _exercise = Math.Min(_exercise + 1, Exercises.All.Count - 1);
            return events;
        }

        // Who is lost meets the same error again and again.
        var error = _last is { } same && _random.NextDouble() < 0.3 + (Trouble * 0.6) ? same : exercise.Errors[_random.Next(exercise.Errors.Count)];
        _repeated = error == _last ? _repeated + 1 : 1;
        _last = error;
        events.Add(Execution(now, error));
        if (_repeated >= 2 && _random.Next(3) == 0)
        {
            events.Add(Question(now, exercise.Objective));
        }

        return events;
    }

    private void Write(List<object> events, DateTimeOffset now, string text, string source)
    {
        // A word at a time, as typing arrives; what is pasted comes at once.
        foreach (var piece in source == "typed" ? text.Split(' ').Select((word, i) => i == 0 ? word : " " + word) : [text])
        {
            var length = _code[_exercise].Length;
            object[] changes = length == 0 ? [new object[] { 0 }.Concat(piece.Split('\n'))] : [length, new object[] { 0 }.Concat(piece.Split('\n'))];
            _code[_exercise] += piece;
            events.Add(Page("CellEditEvent", now, new Dictionary<string, object?> { ["cells"] = Cells(), ["changes"] = changes, ["origin"] = source }));
        }
    }

    private object[] Cells() => [new { id = Exercises.All[_exercise].Cell, index = _exercise, type = "code" }];

    private Dictionary<string, object?> Execution(DateTimeOffset now, (string Name, string Value)? error) => Own("CellExecute", now, new Dictionary<string, object?>
    {
        ["language"] = "python",
        ["code"] = _code[_exercise],
        ["success"] = error is null,
        ["duration_ms"] = _random.Next(3, 400),
        ["error"] = error is { } failed
            ? new { name = failed.Name, value = failed.Value, traceback = new[] { "Traceback (most recent call last)", "Cell In[3], line 1", $"{failed.Name}: {failed.Value}" } }
            : null,
    });

    private Dictionary<string, object?> Question(DateTimeOffset now, string objective) => Own("TutorQuestion", now, new Dictionary<string, object?>
    {
        ["conversation"] = Guid.CreateVersion7(),
        ["text_length"] = _random.Next(20, 200),
        ["about_error"] = true,
        ["class"] = _random.NextDouble() < Trouble ? "executive" : "instrumental",
        ["objective"] = objective,
        ["hint_level"] = _random.Next(1, 5),
    });

    private Dictionary<string, object?> Own(string type, DateTimeOffset now, object detail) => new()
    {
        ["id"] = Guid.CreateVersion7(),
        ["time"] = now,
        ["type"] = type,
        ["notebook"] = Exercises.Notebook,
        ["cell"] = Exercises.All[_exercise].Cell,
        ["detail"] = detail,
    };

    private object Page(string name, DateTimeOffset now, Dictionary<string, object?> info)
    {
        info["sequence"] = _sequence++;
        return new
        {
            data = new
            {
                eventDetail = new { eventName = name, eventTime = now.ToUnixTimeMilliseconds(), eventInfo = info },
                notebookState = new { sessionID = $"simulated-{number}", notebookPath = Exercises.Notebook, notebookContent = (object?)null },
            },
            @params = (object?)null,
            env = Array.Empty<object>(),
        };
    }

    /// <summary>As the body of a request.</summary>
    public static byte[] Body(IReadOnlyList<object> events) => JsonSerializer.SerializeToUtf8Bytes(events);
}
