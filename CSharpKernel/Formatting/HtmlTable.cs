using System.Collections;
using System.Data;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Lyceum.CSharpKernel.Formatting;

/// <summary>Shows rows of like things as a table: sequences of objects, dictionaries, data tables.</summary>
internal static class HtmlTable
{
    private const int MaxRows = 100;
    private const int MaxColumns = 25;

    /// <summary>The table, or null if the value is not one.</summary>
    public static string? Of(object? value) => value switch
    {
        null or string => null,
        DataTable table => Render(
            [.. table.Columns.Cast<DataColumn>().Take(MaxColumns).Select(column => column.ColumnName)],
            table.Rows.Cast<DataRow>().Select(row => row.ItemArray.Take(MaxColumns).Select(cell => cell is DBNull ? null : cell))),
        IDictionary { Count: > 0 } map => Render(["key", "value"], Entries(map)),
        IEnumerable sequence and not IDictionary => OfSequence(sequence),
        _ => null,
    };

    private static string? OfSequence(IEnumerable sequence)
    {
        var rows = sequence.Cast<object?>().Take(MaxRows + 1).ToList();
        if (rows.Count == 0 || rows.Exists(row => row is null) || rows[0]!.GetType() is not { } type || rows.Exists(row => row!.GetType() != type))
        {
            return null;
        }

        if (typeof(ITuple).IsAssignableFrom(type))
        {
            var width = ((ITuple)rows[0]!).Length;
            return Render([.. Enumerable.Range(1, width).Select(i => $"Item{i}")], rows.Select(row => Enumerable.Range(0, width).Select(i => ((ITuple)row!)[i])));
        }

        var members = IsScalar(type) ? [] : ObjectMembers.Of(type).Take(MaxColumns).ToList();
        return members.Count == 0
            ? null
            : Render([.. members.Select(member => member.Name)], rows.Select(row => members.Select(member => Read(member, row!))));
    }

    private static bool IsScalar(Type type) =>
        type.IsPrimitive || type.IsEnum || typeof(IFormattable).IsAssignableFrom(type) || typeof(IEnumerable).IsAssignableFrom(type)
        || typeof(Delegate).IsAssignableFrom(type) || typeof(Type).IsAssignableFrom(type) || typeof(Task).IsAssignableFrom(type);

    private static IEnumerable<IEnumerable<object?>> Entries(IDictionary map)
    {
        foreach (DictionaryEntry entry in map)
        {
            yield return [entry.Key, entry.Value];
        }
    }

    private static object? Read(MemberInfo member, object row)
    {
        try
        {
            return ObjectMembers.Read(member, row);
        }
#pragma warning disable CA1031 // A property that throws shows what it threw, in its cell of the table.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    private static string Render(IReadOnlyList<string> columns, IEnumerable<IEnumerable<object?>> rows)
    {
        var html = new StringBuilder("<table><thead><tr>");
        foreach (var column in columns)
        {
            html.Append("<th>").Append(WebUtility.HtmlEncode(column)).Append("</th>");
        }

        html.Append("</tr></thead><tbody>");
        var shown = 0;
        var more = false;
        foreach (var row in rows)
        {
            if (more = shown == MaxRows)
            {
                break;
            }

            shown++;
            html.Append("<tr>");
            foreach (var cell in row)
            {
                html.Append("<td>").Append(WebUtility.HtmlEncode(cell as string ?? PlainText.Of(cell))).Append("</td>");
            }

            html.Append("</tr>");
        }

        html.Append("</tbody></table>");
        return more ? html.Append("<p>The first ").Append(MaxRows).Append(" rows.</p>").ToString() : html.ToString();
    }
}
