using System.Globalization;
using System.Net;
using System.Text;

namespace Lyceum.CSharpKernel.Formatting;

/// <summary>Tables for a browser.</summary>
internal static class HtmlTable
{
    public static string Render(Table table)
    {
        var html = new StringBuilder("<table><thead><tr>");
        foreach (var column in table.Columns)
        {
            html.Append("<th>").Append(WebUtility.HtmlEncode(column)).Append("</th>");
        }

        html.Append("</tr></thead><tbody>");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            foreach (var cell in row)
            {
                html.Append("<td>").Append(WebUtility.HtmlEncode(Table.Text(cell))).Append("</td>");
            }

            html.Append("</tr>");
        }

        html.Append("</tbody></table>");
        return table.HasMore
            ? html.Append(CultureInfo.InvariantCulture, $"<p>The first {table.Rows.Count} rows.</p>").ToString()
            : html.ToString();
    }
}
