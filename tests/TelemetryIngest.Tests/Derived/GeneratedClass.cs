namespace Lyceum.TelemetryIngest.Tests.Derived;

/// <summary>
/// A class of four over four days that runs, asks, types, pastes and takes over the tutor's code. Its events come in batches, some of
/// them days late; pioneer reports some executions a second time.
/// </summary>
internal sealed class GeneratedClass
{
    private readonly List<(string Learner, string Notebook, string Cell, bool Success)> _runs = [];
    private readonly List<Dictionary<string, object?>[]> _batches = [];
    private int _questions;

    public GeneratedClass(string course, int seed, DateTimeOffset now)
    {
#pragma warning disable CA5394 // The same class in every run.
        var random = new Random(seed);
        Dictionary<(int, string, string), int> lengths = [];
        List<Dictionary<string, object?>> events = [];
        List<Dictionary<string, object?>> late = [];
        for (var i = 0; i < 700; i++)
        {
            var learner = random.Next(4);
            var notebook = $"{random.Next(2)}.ipynb";
            var cell = $"c{random.Next(4)}";
            // Two minutes apart, so that no execution seems to be a second report of another one by chance.
            var time = now.AddDays(-4).AddMinutes(i * 8.2);
            switch (random.Next(10))
            {
                case < 3:
                    var error = random.Next(2) == 0 ? null : $"E{random.Next(2)}";
                    _runs.Add(($"{learner}", notebook, cell, error is null));
                    var run = Sent.Execution(time, error, notebook, cell, code: "run").Of(course, $"{learner}");
                    (random.Next(12) == 0 ? late : events).Add(run);
                    if (random.Next(3) == 0)
                    {
                        events.Add(Sent.Event("CellExecuteEvent", time.AddSeconds(random.Next(20)), new { cells = new[] { new { id = cell, index = 0, type = "code" } }, success = error is null }, notebook, cell).Of(course, $"{learner}"));
                    }

                    break;
                case 3:
                    _questions++;
                    events.Add(Sent.Event("TutorQuestion", time, new { @class = random.Next(2) == 0 ? "executive" : "instrumental", objective = random.Next(2) == 0 ? "loops" : null }, notebook).Of(course, $"{learner}"));
                    break;
                default:
                    var key = (learner, notebook, cell);
                    var length = lengths.GetValueOrDefault(key);
                    var removed = Math.Min(random.Next(3) * random.Next(2), length);
                    var at = random.Next(length - removed + 1);
                    var text = random.Next(4) == 0 ? $"pasted {i}" : "ab";
                    lengths[key] = length - removed + text.Length;
                    object[] changes = [at, new object[] { removed, text }, length - removed - at];
                    var source = text == "ab" ? "typed" : random.Next(2) == 0 ? "tutor" : null;
                    events.Add(Sent.Event("CellEditEvent", time, new { cells = new[] { new { id = cell, index = cell[1] - '0', type = "code" } }, changes, origin = source, sequence = i }, notebook, cell).Of(course, $"{learner}"));
                    if (source is null)
                    {
                        var paste = Sent.Event("ClipboardPasteEvent", time.AddMilliseconds(random.Next(-300, 300)), new { selection = text }, notebook).Of(course, $"{learner}");
                        (random.Next(3) == 0 ? late : events).Add(paste);
                    }

                    break;
            }

            if (random.Next(15) == 0)
            {
                Flush(events);
            }

            if (random.Next(150) == 0)
            {
                Flush(late);
            }
        }
#pragma warning restore CA5394

        Flush(events);
        Flush(late);
    }

    /// <summary>What is sent, in order.</summary>
    public IReadOnlyList<Dictionary<string, object?>[]> Batches => _batches;

    /// <summary>Executions, each once.</summary>
    public long Runs() => _runs.Count;

    /// <summary>Questions.</summary>
    public long Questions() => _questions;

    /// <summary>Learners' cells that succeeded.</summary>
    public long Solved() => _runs.Where(run => run.Success).Select(run => (run.Learner, run.Notebook, run.Cell)).Distinct().Count();

    private void Flush(List<Dictionary<string, object?>> events)
    {
        if (events.Count > 0)
        {
            _batches.Add([.. events]);
            events.Clear();
        }
    }
}
