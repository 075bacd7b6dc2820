using Lyceum.ChatService.Actions;
using Lyceum.ChatService.Tools;

namespace Lyceum.ChatService.Plugins;

/// <summary>The plugins of a course as tools: always, for questions with their search terms, or for the model to decide.</summary>
internal sealed partial class PluginTools(ManifestStore store, ManifestSecrets secrets, SqlQueries queries, OutboundCalls calls, ILogger<PluginTools> logger) : IToolSource
{
    public string Prefix => "plugin/";

    public static string? KeyOf(Manifest manifest) =>
        ManifestKind.Plugins.Contains(manifest.Kind) ? $"plugin/{manifest.Name}" : null;

    public async Task<IReadOnlyList<Tool>> FindAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var stored = await store.ListAsync(request.Caller.Course, cancellationToken);
        return [.. stored.Where(one => KeyOf(one.Manifest) is not null && IsFor(one.Manifest, request.Question)).Select(one => Make(request.Caller.Course, one, stored)).OfType<Tool>()];
    }

    private Tool? Make(string course, StoredManifest stored, List<StoredManifest> all)
    {
        if (secrets.PutBack(course, stored.Manifest, stored.Secrets) is not { } manifest)
        {
            LogSealed(logger, stored.Manifest.Kind, stored.Manifest.Name);
            return null;
        }

        switch (manifest.Kind)
        {
            case ManifestKind.Plugin:
                return StaticPlugin.Of(manifest);
            case ManifestKind.SqlPlugin:
                var sql = manifest.Spec(ManifestJson.Default.SqlSpec);
                return Connection(course, ManifestKind.SqlConnection, sql.Connection, all) is { } database
                    ? SqlPlugin.Of(Newest(manifest, database), sql, database.Spec(ManifestJson.Default.SqlConnectionSpec).Connection, queries)
                    : null;
            default:
                var api = manifest.Spec(ManifestJson.Default.ApiSpec);
                return Connection(course, ManifestKind.ApiConnection, api.Connection, all) is { } host
                    ? ApiPlugin.Of(Newest(manifest, host), api, host.Spec(ManifestJson.Default.ApiConnectionSpec).Connection, calls)
                    : null;
        }
    }

    /// <summary>Where a call goes is a part of what it does.</summary>
    private static Manifest Newest(Manifest plugin, Manifest connection) => connection.AppliedAt > plugin.AppliedAt ? plugin with { AppliedAt = connection.AppliedAt } : plugin;

    private Manifest? Connection(string course, string kind, string name, List<StoredManifest> all)
    {
        var stored = all.FirstOrDefault(one => one.Manifest.Kind == kind && one.Manifest.Name == name);
        var whole = stored is null ? null : secrets.PutBack(course, stored.Manifest, stored.Secrets);
        if (whole is null)
        {
            LogSealed(logger, kind, name);
        }

        return whole;
    }

    private static bool IsFor(Manifest manifest, string? question)
    {
        var selector = manifest.Json["spec"]!["selector"]!;
        return question is null || selector["directive"]!.GetValue<string>() != "search_terms" || selector["searchTerms"]!.AsArray().Any(term => Has(question, term!.GetValue<string>()));
    }

    /// <summary>Whether the term is in the text as words of its own, in any case.</summary>
    private static bool Has(string text, string term)
    {
        for (var at = text.IndexOf(term, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(term, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + term.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                return true;
            }
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Name} is missing, or its secrets cannot be opened: apply it again")]
    private static partial void LogSealed(ILogger logger, string kind, string name);
}
