using System.Text.Json;

namespace Lyceum.KernelService.Contents;

/// <summary>Says what is wrong with a notebook, after the JSON schema of nbformat 4.</summary>
internal static class NotebookFormat
{
    private const int MaxIdLength = 64;

    /// <summary>The first thing that is wrong, or null if it is a notebook.</summary>
    public static string? FindError(JsonElement notebook)
    {
        if (notebook.ValueKind != JsonValueKind.Object)
        {
            return "a notebook is a JSON object";
        }

        if (!IsInteger(notebook, "nbformat", out var major))
        {
            return "nbformat must be a number";
        }

        if (major != 4)
        {
            return $"nbformat is {major}; only 4 is supported, so convert the notebook first (jupyter nbconvert --to notebook)";
        }

        if (!IsInteger(notebook, "nbformat_minor", out var minor))
        {
            return "nbformat_minor must be a number";
        }

        if (!Has(notebook, "metadata", JsonValueKind.Object))
        {
            return "metadata must be an object";
        }

        if (!Has(notebook, "cells", JsonValueKind.Array))
        {
            return "cells must be an array";
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var cell in notebook.GetProperty("cells").EnumerateArray())
        {
            if (FindCellError(cell, minor >= 5, ids) is { } error)
            {
                return $"cells[{index}]: {error}";
            }

            index++;
        }

        return null;
    }

    private static string? FindCellError(JsonElement cell, bool needsId, HashSet<string> ids)
    {
        if (cell.ValueKind != JsonValueKind.Object)
        {
            return "a cell is an object";
        }

        var type = cell.TryGetProperty("cell_type", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (type is not ("code" or "markdown" or "raw"))
        {
            return "cell_type must be code, markdown or raw";
        }

        if (!Has(cell, "metadata", JsonValueKind.Object))
        {
            return "metadata must be an object";
        }

        if (!cell.TryGetProperty("source", out var source) || !IsText(source))
        {
            return "source must be a string or an array of strings";
        }

        return (needsId ? FindIdError(cell, ids) : null) ?? (type == "code" ? FindCodeError(cell) : null);
    }

    private static string? FindIdError(JsonElement cell, HashSet<string> ids)
    {
        var id = cell.TryGetProperty("id", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return id.Length is 0 or > MaxIdLength || !id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
            ? $"id must be 1 to {MaxIdLength} letters, digits, '-' or '_' (since nbformat 4.5)"
            : ids.Add(id) ? null : $"the id '{id}' is that of another cell, too";
    }

    private static string? FindCodeError(JsonElement cell)
    {
        if (!cell.TryGetProperty("execution_count", out var count) || count.ValueKind is not (JsonValueKind.Number or JsonValueKind.Null))
        {
            return "execution_count must be a number or null";
        }

        if (!Has(cell, "outputs", JsonValueKind.Array))
        {
            return "outputs must be an array";
        }

        var index = 0;
        foreach (var output in cell.GetProperty("outputs").EnumerateArray())
        {
            if (output.ValueKind != JsonValueKind.Object || !Has(output, "output_type", JsonValueKind.String))
            {
                return $"outputs[{index}]: an output is an object with an output_type";
            }

            index++;
        }

        return null;
    }

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String
        || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(line => line.ValueKind == JsonValueKind.String));

    private static bool Has(JsonElement parent, string name, JsonValueKind kind) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == kind;

    private static bool IsInteger(JsonElement parent, string name, out int number)
    {
        number = 0;
        return parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out number);
    }
}
