using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Lyceum.NotebookAssistant;

/// <summary>One thing in the forms that a client may show it in, by their MIME types.</summary>
internal sealed class MimeBundle : Dictionary<string, JsonNode>;

/// <summary>Answers <c>get_preview_request</c>: the first rows of the context's tables or, where it names none, of those among the latest variables.</summary>
internal sealed class TablePreviews(string language, KernelQuestions questions)
{
    private const int MaxTables = 8;

    /// <summary>By the kind of thing and by its name.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, MimeBundle>>> ShowAsync(
        IAssistedKernel kernel, IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        var names = tables.Count > 0 ? tables
            : [.. (await questions.VariablesAsync(kernel, language, cancellationToken)).Where(MayBeTable).Select(variable => variable.Name).TakeLast(MaxTables)];
        var found = new Dictionary<string, MimeBundle>();
        foreach (var name in names)
        {
            if (await questions.PreviewAsync(kernel, language, name, cancellationToken) is { } table)
            {
                found[name] = new MimeBundle { ["application/vnd.dataresource+json"] = Resource(table), ["text/html"] = Html(table) };
            }
        }

        return new Dictionary<string, IReadOnlyDictionary<string, MimeBundle>> { ["Tables"] = found };
    }

    // Python and R say so; elsewhere it shows when it is asked for.
    private bool MayBeTable(KernelVariable variable) =>
        variable.Value.StartsWith("shape (", StringComparison.Ordinal) || !(language.Equals("python", StringComparison.OrdinalIgnoreCase) || language == "R");

    /// <summary>Frictionless Data's Tabular Data Resource.</summary>
    private static JsonObject Resource(DatasetPreview table)
    {
        string[] names = [.. table.Headers.Select(header => header.ToString())];
        return new JsonObject
        {
            ["schema"] = new JsonObject { ["fields"] = new JsonArray([.. names.Select(name => new JsonObject { ["name"] = name })]) },
            ["data"] = new JsonArray([.. table.Csv.Skip(1).Select(row => new JsonObject(Cells(row).Zip(names).DistinctBy(cell => cell.Second).Select(cell => KeyValuePair.Create(cell.Second, JsonNode.Parse(cell.First.GetRawText())))))]),
        };
    }

    private static JsonValue Html(DatasetPreview table)
    {
        var html = new StringBuilder("<table>");
        foreach (var (row, cell) in table.Csv.Select((row, i) => (row, i == 0 ? "th" : "td")))
        {
            html.Append("<tr>").AppendJoin("", Cells(row).Select(value => $"<{cell}>{WebUtility.HtmlEncode(value.ToString())}</{cell}>")).Append("</tr>");
        }

        return JsonValue.Create(html.Append("</table>").ToString());
    }

    private static JsonElement[] Cells(JsonElement row) => row.ValueKind == JsonValueKind.Array ? [.. row.EnumerateArray()] : [];
}

[JsonSerializable(typeof(IReadOnlyDictionary<string, IReadOnlyDictionary<string, MimeBundle>>))]
internal sealed partial class PreviewJson : JsonSerializerContext;
