using System.IO.Enumeration;
using System.Text.Json.Nodes;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>The cells that were run in this kernel, the latest thousand of them. There is one session, 0: the current one.</summary>
internal sealed class InputHistory
{
    private const int Capacity = 1000;
    private readonly Queue<(int Line, string Code, string? Result)> _entries = new();

    public void Add(int line, string code, string? result)
    {
        _entries.Enqueue((line, code, result));
        if (_entries.Count > Capacity)
        {
            _entries.Dequeue();
        }
    }

    /// <summary>The part that the request asks for, as rows of session, line and source (or source and output).</summary>
    public JsonArray Find(HistoryRequest request)
    {
        IEnumerable<(int Line, string Code, string? Result)> found = request.HistAccessType switch
        {
            "range" => request.Session == 0
                ? _entries.Where(entry => entry.Line >= request.Start && entry.Line < (request.Stop ?? int.MaxValue))
                : [],
            "search" => _entries.Where(entry => FileSystemName.MatchesSimpleExpression(request.Pattern ?? "*", entry.Code, ignoreCase: false)),
            _ => _entries,
        };
        if (request.Unique)
        {
            found = found.Reverse().DistinctBy(entry => entry.Code).Reverse();
        }

        if (request.HistAccessType != "range")
        {
            found = found.TakeLast(request.N ?? Capacity);
        }

        return [.. found.Select(entry => (JsonNode)new JsonArray(0, entry.Line, request.Output ? new JsonArray(entry.Code, entry.Result) : entry.Code))];
    }
}
