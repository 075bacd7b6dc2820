using System.Text.Json;
using Lyceum.ChatService.JsonSchemas;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ChatService.Plugins;

/// <summary>Asks a database.</summary>
internal sealed class SqlPlugin : Plugin
{
    private readonly SqlConnectionData _connection;
    private readonly SqlText _query;
    private readonly int? _limit;
    private readonly SqlQueries _queries;

    private SqlPlugin(Manifest manifest, SqlSpec spec, JsonSchema arguments, SqlConnectionData connection, SqlText query, SqlQueries queries)
        : base(manifest, spec.Selector, spec.Prompt, spec.SqlData.Description, arguments) =>
        (_connection, _query, _limit, _queries) = (connection, query, spec.SqlData.Limit, queries);

    public static SqlPlugin? Of(Manifest manifest, SqlSpec spec, SqlConnectionData connection, SqlQueries queries) =>
        ParameterSchemas.TryRead(spec.SqlData.Parameters ?? [], out _) is { } arguments && SqlText.TryRead(spec.SqlData.SqlQuery, spec.SqlData.Parameters ?? [], out _) is { } query
            ? new SqlPlugin(manifest, spec, arguments, connection, query, queries)
            : null;

    public override Task<string> CallAsync(CallerIdentity caller, JsonElement arguments, CancellationToken cancellationToken) =>
        _queries.RunAsync(_connection, _query, arguments, _limit, cancellationToken);
}
