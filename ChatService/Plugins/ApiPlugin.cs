using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ChatService.Actions;
using Lyceum.ChatService.JsonSchemas;
using Lyceum.ChatService.Tools;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ChatService.Plugins;

/// <summary>Calls an API. A call that may change something there is approved by the user first.</summary>
internal sealed class ApiPlugin : Plugin
{
    private readonly ApiData _data;
    private readonly ApiConnectionData _connection;
    private readonly OutboundCalls _calls;

    private ApiPlugin(Manifest manifest, ApiSpec spec, JsonSchema arguments, ApiConnectionData connection, OutboundCalls calls)
        : base(manifest, spec.Selector, spec.Prompt, spec.ApiData.Description, arguments) => (_data, _connection, _calls) = (spec.ApiData, connection, calls);

    public override bool NeedsApproval => base.NeedsApproval || Method != "GET";

    private string Method => _data.Method ?? "GET";

    public static ApiPlugin? Of(Manifest manifest, ApiSpec spec, ApiConnectionData connection, OutboundCalls calls) =>
        ParameterSchemas.TryRead([.. spec.ApiData.Parameters ?? [], .. spec.ApiData.Body ?? []], out _) is { } arguments ? new ApiPlugin(manifest, spec, arguments, connection, calls) : null;

    public override async Task<string> CallAsync(CallerIdentity caller, JsonElement arguments, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(_connection.BaseUrl.TrimEnd('/') + _data.Endpoint + Query(arguments), UriKind.Absolute, out var address))
        {
            throw new ToolFailedException("The API's address cannot be used.");
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(_connection.Timeout ?? int.MaxValue / 1000));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        CallOutcome outcome;
        try
        {
            outcome = await _calls.SendAsync(Method, address, Body(arguments), [.. Headers()], either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ToolFailedException($"The API did not answer within {_connection.Timeout} s.");
        }

        return outcome switch
        {
            { Failure: { } failure } => throw new ToolFailedException($"The API was not reached: {failure}"),
            { Status: >= 200 and < 300 } => Limited(outcome.Answer ?? ""),
            _ => throw new ToolFailedException($"The API answered with status {outcome.Status}: {outcome.Answer}"),
        };
    }

    private string Query(JsonElement arguments)
    {
        StringBuilder query = new();
        foreach (var parameter in _data.Parameters ?? [])
        {
            if (ParameterSchemas.Value(parameter, arguments) is { } value)
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(parameter.Name)).Append('=').Append(Uri.EscapeDataString(value.ToString()));
            }
        }

        return query.ToString();
    }

    private string? Body(JsonElement arguments)
    {
        if (_data.Body is not { Count: > 0 } fields)
        {
            return null;
        }

        JsonObject body = [];
        foreach (var field in fields)
        {
            if (ParameterSchemas.Value(field, arguments) is { } value)
            {
                body[field.Name] = JsonNode.Parse(value.GetRawText());
            }
        }

        return body.ToJsonString();
    }

    private IEnumerable<KeyValuePair<string, string>> Headers()
    {
        foreach (var header in _data.Headers ?? [])
        {
            yield return new(header.Name, header.Value.ToString());
        }

        if (_connection is { AuthMethod: "token", ApiKey: { } token })
        {
            yield return new("Authorization", $"Bearer {token}");
        }
        else if (_connection is { AuthMethod: "basic", ApiKey: { } user })
        {
            yield return new("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(user))}");
        }
    }

    /// <summary>Of a list, as many entries as the manifest wants.</summary>
    private string Limited(string answer)
    {
        if (_data.Limit is not { } limit || answer.TrimStart() is not ['[', ..])
        {
            return answer;
        }

        try
        {
            var list = JsonElement.Parse(answer);
            return list.GetArrayLength() <= limit ? answer : $"[{string.Join(",", list.EnumerateArray().Take(limit).Select(entry => entry.GetRawText()))}]";
        }
        catch (JsonException)
        {
            // Cut off, or none: the model is shown what there is.
            return answer;
        }
    }
}
