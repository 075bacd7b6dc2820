using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>
/// The pastes that a front end reports beside its edits. pioneer's edits do not say that they are pastes, and which of the two comes
/// first is not certain, so a paste belongs to the first insertion of its text about that time.
/// </summary>
internal sealed class Pastes
{
    /// <summary>How far apart a paste and its edit may be.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    private readonly List<(DateTimeOffset Time, string Text)> _open;

    public Pastes(IEnumerable<NotebookEvent> events) => _open =
    [
        .. events.Where(one => one.Type == "ClipboardPasteEvent" && one.Detail.Text("selection") is { Length: > 0 })
            .Select(one => (one.Time, Lines(one.Detail.Text("selection")!))),
    ];

    /// <summary>Whether an insertion is a paste; each paste is one insertion.</summary>
    public bool Take(string inserted, DateTimeOffset time)
    {
        if (inserted.Length == 0)
        {
            return false;
        }

        var found = _open.FindIndex(paste => paste.Text == inserted && (paste.Time - time).Duration() <= Within);
        if (found >= 0)
        {
            _open.RemoveAt(found);
        }

        return found >= 0;
    }

    private static string Lines(string text) => text.ReplaceLineEndings("\n");
}
