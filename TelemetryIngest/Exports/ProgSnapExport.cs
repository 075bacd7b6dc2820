using System.IO.Compression;
using System.Text;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>
/// Writes <c>progsnap2.zip</c>: a dataset in ProgSnap2 1.0. Its parts are stored, not deflated: what deflate makes of the same bytes
/// is another thing on another processor, and a download must go on with the same bytes.
/// </summary>
internal static class ProgSnapExport
{
    /// <summary>The earliest time that ZIP can say.</summary>
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly (string Property, string Value)[] Metadata =
    [
        ("Version", "1.0"),
        ("IsEventOrderingConsistent", "false"),
        ("EventOrderScope", "Restricted"),
        ("EventOrderScopeColumns", "SubjectID"),
        ("CodeStateRepresentation", "Table"),
        ("ProgramInputLinkTable", ""),
    ];

    public static async Task WriteAsync(ExportedEvents events, Stream stream, CancellationToken cancellationToken)
    {
        await using var zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        await AddAsync("README.md", async part => await part.WriteAsync(Encoding.UTF8.GetBytes(ProgSnapReadme.Of(events.Export.Definition)), cancellationToken));
        await AddAsync("DatasetMetadata.csv", WriteMetadataAsync);
        await AddAsync("MainTable.csv", part => WriteMainTableAsync(events, part, cancellationToken));
        await AddAsync("CodeStates/CodeStates.csv", part => WriteCodeStatesAsync(events, part, cancellationToken));
        await AddAsync("LinkTables/LinkSubject.csv", part => ProgSnapLinks.WriteSubjectsAsync(events, part));
        await AddAsync("LinkTables/LinkExecution.csv", part => ProgSnapLinks.WriteExecutionsAsync(events, part, cancellationToken));
        await AddAsync("LinkTables/LinkEvent.csv", part => ProgSnapLinks.WriteEventsAsync(events, part, cancellationToken));

        async Task AddAsync(string name, Func<Stream, Task> write)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
            entry.LastWriteTime = NoTime;
            await using var part = await entry.OpenAsync(cancellationToken);
            await write(part);
        }
    }

    private static async Task WriteMetadataAsync(Stream part)
    {
        await using var table = await CsvTable.BeginAsync(part, ["Property", "Value"]);
        foreach (var (property, value) in Metadata)
        {
            await table.WriteAsync([property, value]);
        }
    }

    private static async Task WriteMainTableAsync(ExportedEvents events, Stream part, CancellationToken cancellationToken)
    {
        await using var table = await CsvTable.BeginAsync(part, ProgSnapRow.Columns);
        ProgSnapSubject? subject = null;
        await foreach (var one in events.ReadAsync(cancellationToken))
        {
            if (subject?.Subject != one.Subject)
            {
                subject = new ProgSnapSubject(one.Subject, events.Export.Course, events.Export.Key);
                await foreach (var step in events.ReadCodeAsync(one.Subject, cancellationToken))
                {
                    subject.Know(step);
                }
            }

            foreach (var row in subject.Rows(one))
            {
                await table.WriteAsync(row.Values);
            }
        }
    }

    private static async Task WriteCodeStatesAsync(ExportedEvents events, Stream part, CancellationToken cancellationToken)
    {
        await using var table = await CsvTable.BeginAsync(part, ["CodeStateID", "Code"]);
        ProgSnapSubject? subject = null;
        HashSet<string> written = [];
        await foreach (var one in events.ReadAsync(cancellationToken))
        {
            if (subject?.Subject != one.Subject)
            {
                subject = new ProgSnapSubject(one.Subject, events.Export.Course, events.Export.Key);
                written.Clear();
                await foreach (var step in events.ReadCodeAsync(one.Subject, cancellationToken))
                {
                    if (step.Code is { } edited && subject.StateOf(edited) is var made && written.Add(made))
                    {
                        await table.WriteAsync([made, edited]);
                    }
                }
            }

            if (one.Code is { } code && subject.StateOf(code) is var state && written.Add(state))
            {
                await table.WriteAsync([state, code]);
            }
        }
    }
}
