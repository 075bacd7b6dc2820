using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Writes a table as CSV (RFC 4180), UTF-8 without a mark, row by row.</summary>
internal sealed class CsvTable : IAsyncDisposable
{
    private const int BufferSize = 32 * 1024;

    /// <summary>CsvHelper by itself quotes what holds the end of a row, not what holds a part of that, as code does.</summary>
    private static readonly CsvConfiguration Format = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
        ShouldQuote = field => field.Field.AsSpan().ContainsAny(",\"\r\n"),
    };

    private readonly StreamWriter _text;
    private readonly CsvWriter _csv;

    private CsvTable(Stream stream)
    {
        _text = new StreamWriter(stream, new UTF8Encoding(false), BufferSize, leaveOpen: true);
        _csv = new CsvWriter(_text, Format, leaveOpen: true);
    }

    /// <summary>Begins a table with its header.</summary>
    public static async Task<CsvTable> BeginAsync(Stream stream, IEnumerable<string> columns)
    {
        var table = new CsvTable(stream);
        await table.WriteAsync(columns);
        return table;
    }

    /// <summary>A time: ISO 8601, UTC, microseconds.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A truth, as ProgSnap2 and pandas read it.</summary>
    public static string? Flag(bool? value) => value switch { true => "true", false => "false", null => null };

    public async Task WriteAsync(IEnumerable<string?> row)
    {
        foreach (var field in row)
        {
            _csv.WriteField(field);
        }

        await _csv.NextRecordAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _csv.DisposeAsync();
        await _text.DisposeAsync();
    }
}
