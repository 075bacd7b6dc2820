using System.Collections;
using System.Data;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Lyceum.CSharpKernel.Formatting;

/// <summary>Rows of like things: sequences of objects, dictionaries, data tables.</summary>
/// <param name="Columns">Their names.</param>
/// <param name="Rows">The first rows, each with a value for every column.</param>
/// <param name="HasMore">Whether there are further rows.</param>
internal sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows, bool HasMore)
{
    private const int MaxRows = 100;
    private const int MaxColumns = 25;

    /// <summary>The table, or null if the value is not one.</summary>
    public static Table? Of(object? value) => value switch
    {
        null or string => null,
        DataTable table => Of(
            [.. table.Columns.Cast<DataColumn>().Take(MaxColumns).Select(column => column.ColumnName)],
            table.Rows.Cast<DataRow>().Select(row => row.ItemArray.Take(MaxColumns).Select(cell => cell is DBNull ? null : cell))),
        IDictionary { Count: > 0 } map => Of(["key", "value"], Entries(map)),
        IEnumerable sequence and not IDictionary => OfSequence(sequence),
        _ => null,
    };

    /// <summary>How a value stands in a table: text without quotes, all else as in C#.</summary>
    public static string Text(object? cell) => cell as string ?? PlainText.Of(cell);

    private static Table Of(IReadOnlyList<string> columns, IEnumerable<IEnumerable<object?>> rows)
    {
        IReadOnlyList<object?>[] first = [.. rows.Take(MaxRows + 1).Select(row => row.ToList())];
        return new Table(columns, first[..Math.Min(MaxRows, first.Length)], first.Length > MaxRows);
    }

    private static Table? OfSequence(IEnumerable sequence)
    {
        var rows = sequence.Cast<object?>().Take(MaxRows + 1).ToList();
        if (rows.Count == 0 || rows.Exists(row => row is null) || rows[0]!.GetType() is not { } type || rows.Exists(row => row!.GetType() != type))
        {
            return null;
        }

        if (typeof(ITuple).IsAssignableFrom(type))
        {
            var width = ((ITuple)rows[0]!).Length;
            return Of([.. Enumerable.Range(1, width).Select(i => $"Item{i}")], rows.Select(row => Enumerable.Range(0, width).Select(i => ((ITuple)row!)[i])));
        }

        var members = IsScalar(type) ? [] : ObjectMembers.Of(type).Take(MaxColumns).ToList();
        return members.Count == 0
            ? null
            : Of([.. members.Select(member => member.Name)], rows.Select(row => members.Select(member => Read(member, row!))));
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
}
