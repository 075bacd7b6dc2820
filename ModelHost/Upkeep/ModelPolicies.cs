using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Nodes;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Upkeep;

/// <summary>What is wanted of models, by name.</summary>
internal sealed class ModelPolicies(IOptions<UpkeepOptions> options)
{
    private readonly Dictionary<string, ModelPolicy> _policies = options.Value.ModelPolicies
        .GroupBy(policy => ModelName.Full(policy.Name), StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.Last(), StringComparer.OrdinalIgnoreCase);

    public IEnumerable<ModelPolicy> ToPull => _policies.Values.Where(policy => policy.Pull);

    public IEnumerable<ModelPolicy> ToWarm => _policies.Values.Where(policy => policy.Warm);

    /// <summary>The JSON to add to a request as <c>keep_alive</c>; null for nothing. OpenAI's protocol has no such field.</summary>
    public string? KeepAliveFor(ModelOperation operation, string model) =>
        operation.Shape is ApiShape.Ollama && operation != ModelOperation.Show && _policies.GetValueOrDefault(ModelName.Full(model)) is { KeepAlive.Length: > 0 } policy
            ? KeepAliveJson(policy.KeepAlive)
            : null;

    /// <summary>The request that loads a model.</summary>
    /// <param name="model">Which.</param>
    /// <param name="keepAlive">How long it stays; empty for what its policy says.</param>
    public byte[] LoadRequest(string model, string keepAlive)
    {
        var policy = _policies.GetValueOrDefault(ModelName.Full(model));
        var body = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(body);
        writer.WriteStartObject();
        writer.WriteString("model", model);
        writer.WriteBoolean("stream", false);
        if ((keepAlive.Length > 0 ? keepAlive : policy?.KeepAlive) is { Length: > 0 } stay)
        {
            writer.WritePropertyName("keep_alive");
            writer.WriteRawValue(KeepAliveJson(stay));
        }

        if (policy is { Options.Count: > 0 })
        {
            writer.WriteStartObject("options");
            foreach (var (name, value) in policy.Options)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(value.ToString("0.################", CultureInfo.InvariantCulture));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.Flush();
        return body.WrittenSpan.ToArray();
    }

    // A number means seconds, a text a duration; both are validated at the start.
    private static string KeepAliveJson(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? text : $"\"{text}\"";
}
