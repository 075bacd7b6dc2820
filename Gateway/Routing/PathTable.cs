using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.Gateway.Routing;

/// <summary>A path that Gateway passes on.</summary>
/// <param name="Service">The service's name in discovery.</param>
/// <param name="Pattern">The route pattern.</param>
/// <param name="Dialect">The error shape that its clients understand.</param>
/// <param name="Policy">Who may ask.</param>
/// <param name="MaxBody">The largest request body in bytes where it is not <c>Limits:MaxRequestBodySize</c>.</param>
/// <param name="NamesStudents">Whether an instructor may name students of the course there, as the holder of its ingest key may.</param>
internal sealed record PathRule(
    string Service, string Pattern, Dialect Dialect, string Policy = "default", long? MaxBody = null, bool NamesStudents = false);

/// <summary>Which service answers which path. Jupyter's, Ollama's and OpenAI's paths do not collide.</summary>
internal static class PathTable
{
    // As ModelHost takes them: the files of models, which nobody holds in memory on their way.
    private const long MaxModelFile = 256L << 30;

    public static readonly IReadOnlyList<PathRule> Rules =
    [
        .. Of("kernelservice", Dialect.Jupyter,
            "/api", "/api/status", "/api/me", "/api/kernels/{**rest}", "/api/kernelspecs/{**rest}", "/kernelspecs/{**rest}",
            "/api/sessions/{**rest}", "/api/contents/{**rest}", "/api/terminals/{**rest}", "/files/{**rest}"),
        .. Of("modelhost", Dialect.Ollama,
            "/api/version", "/api/tags", "/api/ps", "/api/show", "/api/chat", "/api/generate", "/api/embed", "/api/embeddings",
            "/api/pull", "/api/push", "/api/create", "/api/copy", "/api/delete",
            "/api/signout", "/api/web_search", "/api/web_fetch", "/api/experimental/{**rest}"),
        new("modelhost", "/api/blobs/{digest}", Dialect.Ollama, Policies.Owner, MaxModelFile),
        .. Of("modelhost", Dialect.OpenAI, "/v1/{**rest}"),
        new("telemetryingest", "/telemetry/events/{**rest}", Dialect.Problem, Policies.Ingest),
        new("telemetryingest", "/telemetry/courses/{course}/events", Dialect.Problem, Policies.Ingest),
        .. Of("modelhost", Dialect.Problem, "/usage", "/nodes/{**rest}"),
        .. Of("telemetryingest", Dialect.Problem, "/telemetry/{**rest}"),
        new("chatservice", "/receive_student_message", Dialect.Problem, Policies.OnBehalf, NamesStudents: true),
        new("chatservice", "/verify_ta", Dialect.Problem, Policies.OnBehalf),
        .. Of("chatservice", Dialect.Problem, "/expert_query", "/verify_ea"),
        .. Of("chatservice", Dialect.Problem, "/llm/{**rest}", "/tutor/{**rest}", "/codegen/{**rest}", "/mcp"),
    ];

    private static IEnumerable<PathRule> Of(string service, Dialect dialect, params string[] patterns) =>
        patterns.Select(pattern => new PathRule(service, pattern, dialect));
}
