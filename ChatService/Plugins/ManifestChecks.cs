using Lyceum.ChatService.Actions;
using Lyceum.ChatService.Structured;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Plugins;

/// <summary>Checks what a schema cannot: that what a manifest would reach is allowed, and that its query can be used.</summary>
internal sealed class ManifestChecks(OutboundCalls calls, IOptions<PluginsOptions> options)
{
    private static readonly string[] RefusedHeaders = ["host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "expect", "cookie", "proxy-authorization",
        // Of a body, and none of ours.
        "allow", "expires", "last-modified"];

    public ProblemHttpResult? Check(Manifest manifest) => manifest.Kind switch
    {
        ManifestKind.ApiConnection => CheckApi(manifest.Spec(ManifestJson.Default.ApiConnectionSpec).Connection),
        ManifestKind.SqlConnection => CheckSql(manifest.Spec(ManifestJson.Default.SqlConnectionSpec).Connection),
        ManifestKind.ApiPlugin => Check(manifest.Spec(ManifestJson.Default.ApiSpec).ApiData),
        ManifestKind.SqlPlugin => Check(manifest.Spec(ManifestJson.Default.SqlSpec).SqlData),
        _ => null,
    };

    private ProblemHttpResult? CheckApi(ApiConnectionData connection)
    {
        if (!Uri.TryCreate(connection.BaseUrl, UriKind.Absolute, out var url) || url.UserInfo.Length > 0)
        {
            return FieldProblem.Of("spec.connection.baseUrl", "It must be an absolute address, such as https://api.example.org/v1.");
        }

        if (calls.HostOf(url) is null)
        {
            return FieldProblem.Of("spec.connection.baseUrl", $"The operator does not allow calls to {url.GetLeftPart(UriPartial.Authority)}: it must be one of Actions:Hosts.");
        }

        return connection.AuthMethod is "basic" or "token" && string.IsNullOrEmpty(connection.ApiKey)
            ? FieldProblem.Of("spec.connection.apiKey", connection.AuthMethod == "basic" ? "It is missing: write user:password." : "It is missing: write the token.")
            : null;
    }

    private ProblemHttpResult? CheckSql(SqlConnectionData connection) =>
        SqlQueries.Allowed(options.Value, connection) is null
            ? FieldProblem.Of("spec.connection.hostname", $"The operator does not allow queries of {connection.Hostname}:{SqlQueries.PortOf(connection)}: it must be one of Plugins:Databases.")
            : null;

    private static ProblemHttpResult? Check(ApiData data)
    {
        if (data.Headers?.FirstOrDefault(header => RefusedHeaders.Contains(header.Name.ToLowerInvariant()) || header.Name.StartsWith("X-Lyceum", StringComparison.OrdinalIgnoreCase)) is { } refused)
        {
            return FieldProblem.Of("spec.apiData.headers", $"'{refused.Name}' cannot be set.");
        }

        if (data.Headers?.GroupBy(header => header.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            return FieldProblem.Of("spec.apiData.headers", $"'{twice.Key}' is there twice.");
        }

        if (data.Headers?.FirstOrDefault(header => header.Value.ToString().AsSpan().ContainsAny('\r', '\n', '\0')) is { } broken)
        {
            return FieldProblem.Of("spec.apiData.headers", $"The value of '{broken.Name}' must be one line.");
        }

        return data.Body is { Count: > 0 } && data.Method is null or "GET" or "DELETE"
            ? FieldProblem.Of("spec.apiData.body", "A call by GET or DELETE has no body.")
            : CheckNames("spec.apiData.parameters", [.. data.Parameters ?? [], .. data.Body ?? []]);
    }

    private static ProblemHttpResult? Check(SqlData data) =>
        CheckNames("spec.sqlData.parameters", data.Parameters ?? [])
        ?? (SqlText.TryRead(data.SqlQuery, data.Parameters ?? [], out var complaint) is not { } query ? FieldProblem.Of("spec.sqlData.sqlQuery", complaint!)
            : SqlNesting.IsClosed(query.Text) ? null
            : FieldProblem.Of("spec.sqlData.sqlQuery", "Its parentheses do not match: each must be opened and closed within the query."));

    private static ProblemHttpResult? CheckNames(string field, IReadOnlyList<ParameterSpec> parameters) =>
        parameters.GroupBy(parameter => parameter.Name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? FieldProblem.Of(field, $"'{twice.Key}' is there twice.")
            : ParameterSchemas.TryRead(parameters, out var complaint) is null ? FieldProblem.Of(field, complaint!) : null;
}
