using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.Formats;

/// <summary>Finds whom a source of events names, where its ingest key says, and answers that learner's pseudonym in the key's course.</summary>
internal sealed class LearnerNames(LearnerSource source, IQueryCollection query)
{
    private const int MaxName = 256;

    /// <summary>The pseudonym of whom this names; null when it names nobody.</summary>
    public string? Of(JsonElement sent)
    {
        var name = source.Field.StartsWith('?')
            ? query[source.Field[1..]].ToString()
            : Find(sent, source.Field.Split('.')) switch
            {
                { ValueKind: JsonValueKind.String } text => text.GetString()!,
                { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
                _ => "",
            };
        name = name.Trim();
        return name.Length is 0 or > MaxName ? null : source.PseudonymOf(name);
    }

    private static JsonElement Find(JsonElement value, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            return value;
        }

        // pioneer's env is a list of objects of one variable each.
        foreach (var item in value.ValueKind == JsonValueKind.Array ? value.Items() : [value])
        {
            if (Find(item.Field(path[0]), path[1..]) is { ValueKind: not JsonValueKind.Undefined } found)
            {
                return found;
            }
        }

        return default;
    }
}
