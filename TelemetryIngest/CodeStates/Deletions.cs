namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>What was deleted lately: what comes back as it was (undone, redone, or cut and pasted) is what it was before.</summary>
internal sealed class Deletions
{
    private const int MaxKept = 32;
    private const int MaxLength = 20_000;

    private readonly List<(int Cell, int At, List<TracedCode> Pieces)> _kept = [];
    private bool _goesOn;

    /// <summary>What is kept, oldest first.</summary>
    public IReadOnlyList<(int Cell, int At, List<TracedCode> Pieces)> Kept => _kept;

    /// <summary>Whether the next deletion may be a part of the last.</summary>
    public bool GoesOn => _goesOn;

    /// <summary>Notes a deletion; one that goes on where the last one stopped, as with backspace, is a part of it.</summary>
    public void Add(int cell, int at, List<TracedCode> pieces)
    {
        var length = LengthOf(pieces);
        if (_goesOn && _kept is [.., var last] && last.Cell == cell && LengthOf(last.Pieces) + length <= MaxLength)
        {
            if (last.At == at + length)
            {
                _kept[^1] = (cell, at, [.. pieces, .. last.Pieces]);
                return;
            }

            if (last.At == at)
            {
                _kept[^1] = (cell, at, [.. last.Pieces, .. pieces]);
                return;
            }
        }

        if (length > MaxLength)
        {
            return;
        }

        _kept.Add((cell, at, pieces));
        _goesOn = true;
        if (_kept.Count > MaxKept)
        {
            _kept.RemoveAt(0);
        }
    }

    /// <summary>What is deleted next is no part of the last deletion.</summary>
    public void Interrupt() => _goesOn = false;

    /// <summary>The pieces of the last deletion of this text; null when there was none, or of a single character, which says nothing.</summary>
    public IReadOnlyList<TracedCode>? Find(string text) =>
        text.Length < 2 ? null : _kept.FindLast(one => LengthOf(one.Pieces) == text.Length && string.Concat(one.Pieces.Select(piece => piece.Text)) == text).Pieces;

    /// <summary>Takes up what was kept.</summary>
    public void Restore(IEnumerable<(int Cell, int At, List<TracedCode> Pieces)> kept, bool goesOn)
    {
        _kept.AddRange(kept);
        _goesOn = goesOn;
    }

    private static int LengthOf(List<TracedCode> pieces) => pieces.Sum(piece => piece.Text.Length);
}
