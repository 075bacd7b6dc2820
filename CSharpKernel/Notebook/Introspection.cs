using System.Collections;
using System.Text.Json.Nodes;
using Lyceum.CSharpKernel.Execution;
using Lyceum.CSharpKernel.Formatting;

namespace Lyceum.Notebooks;

/// <summary>What a notebook's variables are, as JSON, for tools that look into a kernel by evaluating an expression.</summary>
public static class Introspection
{
    private const int MaxVariables = 60;
    private const int MaxValue = 200;
    private const int MaxRows = 30;

    /// <summary>An array of <c>[name, type, value]</c>, the latest last. Values that would have to be computed are empty.</summary>
    public static JsonNode Variables() => new JsonArray(
    [
        .. (RunningCell.Current?.Variables ?? []).TakeLast(MaxVariables).Select(variable => new JsonArray(
            variable.Name, TypeNames.Of(variable.Value?.GetType() ?? variable.Type), IsAtHand(variable.Value) ? Cut(PlainText.Of(variable.Value)) : "")),
    ]);

    /// <summary>Of a table, <c>{headers, rows}</c> with its first thirty rows.</summary>
    /// <exception cref="ArgumentException">The value is no table.</exception>
    public static JsonNode Preview(object? value)
    {
        var table = Table.Of(value) ?? throw new ArgumentException("This is no table.", nameof(value));
        return new JsonObject
        {
            ["headers"] = new JsonArray([.. table.Columns.Select(column => JsonValue.Create(column))]),
            ["rows"] = new JsonArray([.. table.Rows.Take(MaxRows).Select(row => new JsonArray([.. row.Select(Cell)]))]),
        };
    }

    private static JsonNode? Cell(object? value) => value switch
    {
        null => null,
        bool boolean => boolean,
        int or long or short or byte => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
        double number when double.IsFinite(number) => number,
        _ => Cut(Table.Text(value)),
    };

    // A query over a database is a sequence, too, and must not run because somebody looks at it.
    private static bool IsAtHand(object? value) => value is null or string or IFormattable or bool or char or ICollection;

    private static string Cut(string text) => text.Length <= MaxValue ? text : $"{text[..MaxValue]}...";
}
