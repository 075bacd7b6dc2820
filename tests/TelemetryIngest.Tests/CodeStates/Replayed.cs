using System.Text;
using System.Text.Json;

namespace Lyceum.TelemetryIngest.Tests.CodeStates;

/// <summary>Applies a history's steps as the page does: each cell a string, and a letter for where each character came from.</summary>
internal sealed class Replayed
{
    private readonly Dictionary<int, (StringBuilder Text, StringBuilder Origins)> _cells = [];
    private readonly List<int> _order = [];
    private readonly Dictionary<int, string> _ids = [];

    public Replayed(JsonElement history)
    {
        foreach (var cell in history.GetProperty("cells").EnumerateArray())
        {
            _ids[cell.GetProperty("cell").GetInt32()] = cell.GetProperty("id").GetString() ?? "?";
        }

        foreach (var step in history.GetProperty("steps").EnumerateArray())
        {
            Apply(step);
            Steps.Add((step, string.Join('|', Cells)));
        }
    }

    /// <summary>The cells in order.</summary>
    public IEnumerable<string> Cells => _order.Select(cell => _cells[cell].Text.ToString());

    /// <summary>The ids in order.</summary>
    public IEnumerable<string> Ids => _order.Select(cell => _ids[cell]);

    /// <summary>Each step, and the cells after it with bars between.</summary>
    public List<(JsonElement Step, string Cells)> Steps { get; } = [];

    /// <summary>e(xisting), t(yped), p(asted), T(utor), u(nknown) for each character of a cell.</summary>
    public string Origins(int index) => _cells[_order[index]].Origins.ToString();

    private static IEnumerable<JsonElement> Items(JsonElement step, string name) => step.TryGetProperty(name, out var items) ? items.EnumerateArray() : [];

    private void Apply(JsonElement step)
    {
        foreach (var removed in Items(step, "removed"))
        {
            Assert.True(_order.Remove(removed.GetInt32()));
        }

        foreach (var placed in Items(step, "placed"))
        {
            var cell = placed.GetProperty("cell").GetInt32();
            _order.Remove(cell);
            _order.Insert(placed.GetProperty("index").GetInt32(), cell);
            _cells.TryAdd(cell, (new(), new()));
        }

        foreach (var edit in Items(step, "edits"))
        {
            var (text, origins) = _cells[edit.GetProperty("cell").GetInt32()];
            var at = edit.GetProperty("at").GetInt32();
            text.Remove(at, edit.GetProperty("removed").GetInt32());
            origins.Remove(at, edit.GetProperty("removed").GetInt32());
            foreach (var piece in edit.GetProperty("inserted").EnumerateArray())
            {
                var inserted = piece.GetProperty("text").GetString()!;
                text.Insert(at, inserted);
                origins.Insert(at, new string(piece.GetProperty("source").GetString() is "tutor" ? 'T' : piece.GetProperty("source").GetString()![0], inserted.Length));
                at += inserted.Length;
            }
        }
    }
}
