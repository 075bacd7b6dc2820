using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Sealing;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Plugins;

/// <summary>Takes secrets out of manifests before they are stored, and puts them back where they are used. They are sealed at rest and shown to nobody.</summary>
internal sealed class ManifestSecrets(IOptions<IdentityOptions> identity)
{
    /// <summary>What stands where a secret was; who applies a manifest with it keeps the secret.</summary>
    public const string Hidden = "********";

    private readonly Seal _seal = new(identity, "chatservice/manifests");

    /// <summary>The manifest without its secrets, and these sealed; null when there are none.</summary>
    public (JsonObject Shown, byte[]? Sealed) Take(string course, Manifest manifest)
    {
        var shown = (JsonObject)manifest.Json.DeepClone();
        Dictionary<string, string> secrets = [];
        foreach (var (path, holder, name) in Places(manifest.Kind, shown))
        {
            if (holder[name] is { } value)
            {
                secrets[path] = value.ToString();
                holder[name] = Hidden;
            }
        }

        return (shown, secrets.Count == 0 ? null : _seal.Close(Label(course, manifest), JsonSerializer.SerializeToUtf8Bytes(secrets, ManifestJson.Default.DictionaryStringString)));
    }

    /// <summary>The manifest with its secrets; null when they cannot be opened, as after a change of the suite's key.</summary>
    public Manifest? PutBack(string course, Manifest manifest, byte[]? taken)
    {
        if (taken is null)
        {
            return manifest;
        }

        if (_seal.Open(Label(course, manifest), taken) is not { } plain)
        {
            return null;
        }

        var secrets = JsonSerializer.Deserialize(plain, ManifestJson.Default.DictionaryStringString)!;
        var whole = (JsonObject)manifest.Json.DeepClone();
        foreach (var (path, holder, name) in Places(manifest.Kind, whole))
        {
            if (secrets.TryGetValue(path, out var secret))
            {
                holder[name] = secret;
            }
        }

        return manifest with { Json = whole };
    }

    /// <summary>Fills in what was left hidden from the manifest that it replaces. Answers the field that cannot be filled; null when all are.</summary>
    public static string? Keep(Manifest manifest, Manifest? former)
    {
        var known = former is null || !SameAddress(manifest, former) ? [] : Places(former.Kind, former.Json).ToDictionary(place => place.Path, place => place.Holder[place.Name]?.ToString());
        foreach (var (path, holder, name) in Places(manifest.Kind, manifest.Json))
        {
            if (holder[name]?.ToString() != Hidden)
            {
                continue;
            }

            if (known.GetValueOrDefault(path) is not { } secret)
            {
                return path;
            }

            holder[name] = secret;
        }

        return null;
    }

    /// <summary>Whether the headers of plugins would go elsewhere than they were written for.</summary>
    public static bool MovesSecrets(Manifest connection, Manifest former, IEnumerable<StoredManifest> all) =>
        connection.Kind == ManifestKind.ApiConnection
        && !JsonNode.DeepEquals(connection.Json["spec"]!["connection"]!["baseUrl"], former.Json["spec"]!["connection"]!["baseUrl"])
        && all.Any(one => one.Manifest.Kind == ManifestKind.ApiPlugin && one.Secrets is not null && one.Manifest.Json["spec"]!["connection"]!.ToString() == connection.Name);

    /// <summary>A secret is for where it was written for, and is not sent elsewhere by who does not know it.</summary>
    private static bool SameAddress(Manifest one, Manifest other) => ((string[])["hostname", "port", "baseUrl", "username"]).All(name =>
        one.Json["spec"]!["connection"] is not JsonObject a || other.Json["spec"]!["connection"] is not JsonObject b || JsonNode.DeepEquals(a[name], b[name]))
        && (one.Kind != ManifestKind.ApiPlugin || JsonNode.DeepEquals(one.Json["spec"]!["connection"], other.Json["spec"]!["connection"]));

    private static IEnumerable<(string Path, JsonObject Holder, string Name)> Places(string kind, JsonObject manifest)
    {
        var spec = manifest["spec"]!;
        return kind switch
        {
            ManifestKind.SqlConnection => [("spec.connection.password", spec["connection"]!.AsObject(), "password")],
            ManifestKind.ApiConnection => [("spec.connection.apiKey", spec["connection"]!.AsObject(), "apiKey")],
            ManifestKind.ApiPlugin when spec["apiData"]!["headers"] is JsonArray headers =>
                headers.OfType<JsonObject>().Select(header => ($"spec.apiData.headers.{header["name"]}.value", header, "value")).DistinctBy(place => place.Item1),
            _ => [],
        };
    }

    private static string Label(string course, Manifest manifest) => $"{course}/{manifest.Kind}/{manifest.Name}";
}
