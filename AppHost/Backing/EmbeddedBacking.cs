using Lyceum.AppHost.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.AppHost.Backing;

/// <summary>A PostgreSQL of our own as a process, its data in the data folder; a Redis only if one is there already.</summary>
internal static class EmbeddedBacking
{
    public static SuiteBacking Add(IDistributedApplicationBuilder builder, AppHostSettings settings, SuiteSecrets secrets)
    {
        var password = secrets.PostgresPassword();
        var postgres = builder.AddExecutable("postgres", "node", "embedded", "postgres.mjs")
            .WithEndpoint(port: PortFrom(builder.Configuration), scheme: "tcp", name: "tcp", env: "PGPORT")
            .WithEnvironment("LYCEUM_POSTGRES_DATA", Path.Combine(settings.Data!, "postgres"))
            .WithEnvironment("LYCEUM_POSTGRES_PASSWORD", password)
            .WithEnvironment("LYCEUM_POSTGRES_DATABASES", string.Join(',', SuiteBacking.DatabaseNames))
            .WithHealthCheck("postgres-answers");
        var endpoint = postgres.GetEndpoint("tcp");
        builder.Services.AddHealthChecks().AddCheck("postgres-answers", new PostgresAnswers(endpoint));

        var databases = SuiteBacking.DatabaseNames.ToDictionary(
            name => name,
            name => (IResourceBuilder<IResourceWithConnectionString>)builder.AddConnectionString(name, ReferenceExpression.Create(
                $"Host=localhost;Port={endpoint.Property(EndpointProperty.Port)};Username=postgres;Password={password};Database={name}")));
        return new SuiteBacking(databases, SuiteBacking.RedisFrom(builder), [postgres], SuiteModels.FromConfiguration(builder.Configuration));
    }

    private static int? PortFrom(ConfigurationManager configuration) => configuration["Postgres:Port"] switch
    {
        null or "" => null,
        var text when int.TryParse(text, out var port) && port is > 0 and < 65536 => port,
        var text => throw new DistributedApplicationException($"Postgres:Port is '{text}'; write a port from 1 to 65535, or leave it out for a free one."),
    };
}
