using System.Text;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>A cell's text, of each part of which it is known where it came from.</summary>
internal sealed class TracedText
{
    /// <summary>More pieces than anybody writes; beyond them the oldest half of the text is of unknown origin.</summary>
    private const int MaxSpans = 4096;

    private readonly StringBuilder _text = new();
    private readonly List<Span> _spans = [];

    /// <summary>The text of pieces.</summary>
    public static TracedText Of(IEnumerable<TracedCode> pieces)
    {
        var text = new TracedText();
        foreach (var piece in pieces)
        {
            text._text.Append(piece.Text);
            text._spans.Add(new Span(piece.Text.Length, piece.Origin));
        }

        return text;
    }

    public int Length => _text.Length;

    public IReadOnlyList<Span> Spans => _spans;

    /// <summary>The pieces of a part of the text.</summary>
    public List<TracedCode> Slice(int at, int length)
    {
        List<TracedCode> pieces = [];
        var start = 0;
        foreach (var span in _spans)
        {
            var (from, to) = (Math.Max(start, at), Math.Min(start + span.Length, at + length));
            if (from < to)
            {
                pieces.Add(new TracedCode(_text.ToString(from, to - from), span.Origin.Source, span.Origin.Turn));
            }

            start += span.Length;
            if (start >= at + length)
            {
                break;
            }
        }

        return pieces;
    }

    /// <summary>Puts pieces in the place of a part of the text.</summary>
    public void Replace(int at, int removed, IReadOnlyList<TracedCode> inserted)
    {
        if (removed > 0)
        {
            _text.Remove(at, removed);
        }

        var index = Cut(at);
        var end = removed > 0 ? Cut(at + removed) : index;
        _spans.RemoveRange(index, end - index);
        var place = at;
        foreach (var piece in inserted.Where(piece => piece.Text.Length > 0))
        {
            _text.Insert(place, piece.Text);
            place += piece.Text.Length;
            _spans.Insert(index++, new Span(piece.Text.Length, piece.Origin));
        }

        Join(Math.Max(0, Math.Min(index, _spans.Count) - inserted.Count - 1), Math.Min(index + 1, _spans.Count));
        if (_spans.Count > MaxSpans)
        {
            Forget(MaxSpans / 2);
        }
    }

    /// <inheritdoc />
    public override string ToString() => _text.ToString();

    /// <summary>The index of the span that begins there, cutting the one that holds the place.</summary>
    private int Cut(int at)
    {
        var start = 0;
        for (var i = 0; i < _spans.Count; i++)
        {
            if (start == at)
            {
                return i;
            }

            var span = _spans[i];
            if (at < start + span.Length)
            {
                _spans[i] = span with { Length = at - start };
                _spans.Insert(i + 1, span with { Length = start + span.Length - at });
                return i + 1;
            }

            start += span.Length;
        }

        return _spans.Count;
    }

    /// <summary>Makes one of neighbours of the same origin.</summary>
    private void Join(int from, int to)
    {
        for (var i = Math.Min(to, _spans.Count - 1); i > from; i--)
        {
            if (_spans[i].Origin == _spans[i - 1].Origin)
            {
                _spans[i - 1] = _spans[i - 1] with { Length = _spans[i - 1].Length + _spans[i].Length };
                _spans.RemoveAt(i);
            }
        }
    }

    private void Forget(int count)
    {
        var length = _spans.Take(count).Sum(span => span.Length);
        _spans.RemoveRange(0, count);
        _spans.Insert(0, new Span(length, Origin.Unknown));
    }
}
