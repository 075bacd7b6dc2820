using System.Text.Json;
using System.Xml;

namespace Lyceum.TelemetryIngest.Tests.Studies;

/// <summary>What version 1.0.3 of xAPI's data specification demands of a statement, as far as we write it.</summary>
internal static class XapiShape
{
    public static void Check(JsonElement statement)
    {
        Only(statement, "id", "actor", "verb", "object", "result", "context", "timestamp", "stored", "version");
        Assert.True(statement.GetProperty("id").TryGetGuid(out _));
        Assert.Equal("1.0.3", statement.Text("version"));
        Assert.True(statement.GetProperty("timestamp").TryGetDateTimeOffset(out _));
        Assert.True(statement.GetProperty("stored").TryGetDateTimeOffset(out _));

        // An agent has exactly one inverse functional identifier.
        var actor = statement.GetProperty("actor");
        Only(actor, "objectType", "account");
        Assert.Equal("Agent", actor.Text("objectType"));
        Only(actor.GetProperty("account"), "homePage", "name");
        Iri(actor.GetProperty("account").Text("homePage"));
        Assert.NotEmpty(actor.GetProperty("account").Text("name"));

        var verb = statement.GetProperty("verb");
        Only(verb, "id", "display");
        Iri(verb.Text("id"));
        LanguageMap(verb.GetProperty("display"));

        Activity(statement.GetProperty("object"));
        Only(statement.GetProperty("object").GetProperty("definition"), "name", "type");
        Iri(statement.GetProperty("object").GetProperty("definition").Text("type"));
        LanguageMap(statement.GetProperty("object").GetProperty("definition").GetProperty("name"));

        if (statement.TryGetProperty("result", out var result))
        {
            Only(result, "success", "duration", "extensions");
            Extensions(result);
            if (result.TryGetProperty("duration", out var duration))
            {
                XmlConvert.ToTimeSpan(duration.GetString()!);
            }
        }

        var context = statement.GetProperty("context");
        Only(context, "registration", "platform", "contextActivities", "extensions");
        Assert.True(!context.TryGetProperty("registration", out var registration) || registration.TryGetGuid(out _));
        Extensions(context);
        Only(context.GetProperty("contextActivities"), "parent", "grouping");
        Assert.All(context.GetProperty("contextActivities").EnumerateObject().SelectMany(kind => kind.Value.EnumerateArray()), Activity);

        // Nowhere but in extensions may a value be null.
        Assert.All(statement.EnumerateObject(), field => Assert.NotEqual(JsonValueKind.Null, field.Value.ValueKind));
    }

    private static void Activity(JsonElement activity)
    {
        Only(activity, "objectType", "id", "definition");
        Assert.Equal("Activity", activity.Text("objectType"));
        Iri(activity.Text("id"));
    }

    private static void Extensions(JsonElement of)
    {
        if (of.TryGetProperty("extensions", out var extensions))
        {
            Assert.All(extensions.EnumerateObject(), field => Iri(field.Name));
        }
    }

    private static void LanguageMap(JsonElement map) => Assert.All(map.EnumerateObject(), word =>
    {
        Assert.Equal("en", word.Name);
        Assert.Equal(JsonValueKind.String, word.Value.ValueKind);
    });

    private static void Only(JsonElement element, params string[] names) => Assert.Empty(element.EnumerateObject().Select(field => field.Name).Except(names));

    private static void Iri(string text) => Assert.True(Uri.TryCreate(text, UriKind.Absolute, out _) && text.All(unit => char.IsAscii(unit) && unit > ' ' && !"<>\"{}|\\^`".Contains(unit, StringComparison.Ordinal)), text);
}
