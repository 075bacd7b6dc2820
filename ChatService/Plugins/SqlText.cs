using System.Globalization;
using System.Text;

namespace Lyceum.ChatService.Plugins;

/// <summary>
/// A manifest's query with PostgreSQL's parameters, in place of the names in braces, alone or in quotes. An argument is never part of
/// the text.
/// </summary>
/// <param name="Text">The query.</param>
/// <param name="Parameters">What <c>$1</c> and so on stand for.</param>
internal sealed record SqlText(string Text, IReadOnlyList<ParameterSpec> Parameters)
{
    public static SqlText? TryRead(string query, IReadOnlyList<ParameterSpec> known, out string? complaint)
    {
        var text = query.Trim().TrimEnd(';').TrimEnd();
        StringBuilder built = new();
        List<ParameterSpec> used = [];
        var quoted = false;
        for (var at = 0; at < text.Length; at++)
        {
            var whole = !quoted && text[at] == '\'' && at + 1 < text.Length && text[at + 1] == '{';
            if (!whole && text[at] != '{')
            {
                quoted ^= text[at] == '\'';
                built.Append(text[at]);
                continue;
            }

            var start = whole ? at + 2 : at + 1;
            var end = text.IndexOf('}', start);
            var name = end < 0 ? "" : text[start..end];
            if (known.FirstOrDefault(parameter => parameter.Name == name) is not { } parameter)
            {
                complaint = $"'{{{name}}}' is none of its parameters.";
                return null;
            }

            if (quoted || (whole && (end + 1 >= text.Length || text[end + 1] != '\'')))
            {
                complaint = $"'{{{name}}}' is part of a text in quotes: join them instead, as in 'a' || {{{name}}} || 'b'.";
                return null;
            }

            built.Append(CultureInfo.InvariantCulture, $"${Number(used, parameter)}");
            at = whole ? end + 1 : end;
        }

        complaint = null;
        return new SqlText(built.ToString(), used);
    }

    private static int Number(List<ParameterSpec> used, ParameterSpec parameter)
    {
        if (!used.Contains(parameter))
        {
            used.Add(parameter);
        }

        return used.IndexOf(parameter) + 1;
    }
}
