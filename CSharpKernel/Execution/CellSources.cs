using System.Globalization;
using Microsoft.CodeAnalysis.Text;

namespace Lyceum.CSharpKernel.Execution;

/// <summary>The text of recent cells, so that an error can quote its line.</summary>
internal sealed class CellSources
{
    private const int Capacity = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SourceText> _texts = [];
    private readonly Queue<string> _order = new();

    public void Add(string name, SourceText text)
    {
        lock (_gate)
        {
            if (_texts.TryAdd(name, text))
            {
                _order.Enqueue(name);
            }

            _texts[name] = text;
            if (_order.Count > Capacity)
            {
                _texts.Remove(_order.Dequeue());
            }
        }
    }

    public bool Contains(string name)
    {
        lock (_gate)
        {
            return _texts.ContainsKey(name);
        }
    }

    /// <summary>The line as a traceback quotes it, and optionally a mark under some of its columns; null if the cell is forgotten.</summary>
    /// <param name="name">The cell's name.</param>
    /// <param name="line">The line, counted from 1.</param>
    /// <param name="columns">Columns to mark, counted from 0.</param>
    public string? Quote(string name, int line, Range? columns = null)
    {
        lock (_gate)
        {
            if (!_texts.TryGetValue(name, out var text) || line < 1 || line > text.Lines.Count)
            {
                return null;
            }

            var code = text.Lines[line - 1].ToString().Replace('\t', ' ');
            var number = line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
            var quote = $"{number} | {code.TrimEnd()}";
            if (columns is not { } marked)
            {
                return quote;
            }

            var (start, length) = (marked.Start.Value, Math.Max(1, marked.End.Value - marked.Start.Value));
            return $"{quote}\n{new string(' ', number.Length)} | {new string(' ', start)}{new string('^', Math.Clamp(code.Length - start, 1, length))}";
        }
    }
}
