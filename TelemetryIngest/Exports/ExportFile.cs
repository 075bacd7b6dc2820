namespace Lyceum.TelemetryIngest.Exports;

/// <summary>One of the files that every export has.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="WriteAsync">Writes it, the same bytes every time, and never holds more of it than one learner's.</param>
internal sealed record ExportFile(string Name, string ContentType, Func<ExportedEvents, Stream, CancellationToken, Task> WriteAsync)
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<ExportFile> All =
    [
        new("progsnap2.zip", "application/zip", ProgSnapExport.WriteAsync),
        new("events.csv", "text/csv; charset=utf-8", CsvExport.WriteAsync),
        new("statements.json", "application/json", XapiExport.WriteAsync),
        new("events.ndjson", "application/x-ndjson", NdjsonExport.WriteAsync),
    ];
}
