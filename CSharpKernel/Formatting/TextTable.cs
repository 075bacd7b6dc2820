using System.Globalization;
using System.Text;

namespace Lyceum.CSharpKernel.Formatting;

/// <summary>Tables for a terminal: a column for each column, numbers to the right.</summary>
internal static class TextTable
{
    private const int MaxWidth = 40;

    public static string Render(Table table)
    {
        var rows = table.Rows.Select(row => row.Select(cell => Fit(Table.Text(cell))).ToList()).ToList();
        var text = new StringBuilder();
        var columns = Enumerable.Range(0, table.Columns.Count).ToList();
        var widths = columns.Select(i => rows.Select(row => row[i].Length).Append(Fit(table.Columns[i]).Length).Max()).ToList();
        var isNumeric = columns.Select(i => table.Rows.All(row => row[i] is null or IConvertible and IFormattable and not (Enum or DateTime))).ToList();
        AppendRow([.. table.Columns.Select(Fit)]);
        foreach (var row in rows)
        {
            AppendRow(row);
        }

        return table.HasMore ? text.Append(CultureInfo.InvariantCulture, $"(the first {rows.Count} rows)").ToString() : text.ToString().TrimEnd('\n');

        void AppendRow(List<string> cells)
        {
            var line = columns.Select(i => isNumeric[i] ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i]));
            text.Append(string.Join("  ", line).TrimEnd()).Append('\n');
        }
    }

    private static string Fit(string cell)
    {
        var line = cell.ReplaceLineEndings(" ");
        return line.Length <= MaxWidth ? line : $"{line.AsSpan(0, MaxWidth - 3)}...";
    }
}
