using System.Globalization;
using System.IO.Compression;
using CsvHelper;

namespace Lyceum.TelemetryIngest.Tests.Studies;

/// <summary>A CSV table, read again.</summary>
internal sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyDictionary<string, string>> Rows)
{
    public static Table Read(Stream stream)
    {
        using var csv = new CsvReader(new StreamReader(stream), CultureInfo.InvariantCulture);
        Assert.True(csv.Read() && csv.ReadHeader());
        var columns = csv.HeaderRecord!;
        List<IReadOnlyDictionary<string, string>> rows = [];
        while (csv.Read())
        {
            Assert.Equal(columns.Length, csv.Parser.Count);
            rows.Add(columns.ToDictionary(column => column, column => csv.GetField(column)!));
        }

        return new Table(columns, rows);
    }

    public static Table Of(byte[] zip, string name)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        using var part = archive.GetEntry(name)!.Open();
        return Read(part);
    }
}
