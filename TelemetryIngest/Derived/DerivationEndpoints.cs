using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>What is derived from events, and how it is computed anew.</summary>
internal static class DerivationEndpoints
{
    private const string Recompute = """
        UPDATE learners SET changed_since = '1970-01-01Z', edited_since = '1970-01-01Z', code_at = NULL, changes = nextval('learner_changes') WHERE course = $1
        """;

    private const string Waiting = "SELECT count(*) FILTER (WHERE changed_since IS NOT NULL), count(*) FILTER (WHERE edited_since IS NOT NULL OR rebuilding_since IS NOT NULL) FROM learners WHERE course = $1";

    public static void AddDerivation(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DerivationOptions>().BindConfiguration("Derivation").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DayTables>();
        builder.Services.AddSingleton<ActiveTimeTable>();
        builder.Services.AddSingleton<ThresholdTable>();
        builder.Services.AddSingleton<CodeStateTable>();
        builder.Services.AddSingleton<DerivedRetention>();
        builder.Services.AddHostedService<Derivation>();
    }

    public static void MapDerivation(this IEndpointRouteBuilder routes)
    {
        var derivation = routes.MapCourse("/telemetry").MapGroup("/derivation");
        derivation.MapGet("", StateAsync);
        derivation.MapPost("", RecomputeAsync);
    }

    private static async Task<Ok<DerivationState>> StateAsync(string course, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Waiting);
        command.Parameters.Add(new() { Value = course });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return TypedResults.Ok(new DerivationState(reader.GetInt64(0), reader.GetInt64(1)));
    }

    /// <summary>Has everything derived of the course computed anew from its events; it goes on while events come.</summary>
    private static async Task<Accepted<DerivationState>> RecomputeAsync(string course, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Recompute);
        command.Parameters.Add(new() { Value = course });
        var learners = await command.ExecuteNonQueryAsync(cancellationToken);
        return TypedResults.Accepted($"/telemetry/courses/{Uri.EscapeDataString(course)}/derivation", new DerivationState(learners, learners));
    }
}

/// <summary>How far the derived tables of a course are behind its events.</summary>
/// <param name="Learners">Learners of whom executions or questions are not counted yet.</param>
/// <param name="Code">Learners whose code is not up to date yet.</param>
public sealed record DerivationState(long Learners, long Code);
