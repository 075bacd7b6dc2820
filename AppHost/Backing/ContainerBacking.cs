using Lyceum.AppHost.Publishing;
using Lyceum.AppHost.Secrets;

namespace Lyceum.AppHost.Backing;

/// <summary>PostgreSQL, Redis and Ollama in containers.</summary>
internal static class ContainerBacking
{
    public static SuiteBacking Add(IDistributedApplicationBuilder builder, SuiteSecrets secrets, KubernetesCluster? cluster)
    {
        var postgres = builder.AddPostgres("postgres", password: secrets.PostgresPassword())
            .WithDataVolume("lyceum-postgres");
        cluster?.Keep(postgres, "lyceum-postgres", "Database", "20Gi");
        var databases = SuiteBacking.DatabaseNames.ToDictionary(
            name => name, name => (IResourceBuilder<IResourceWithConnectionString>)postgres.AddDatabase(name));
        var redis = builder.AddRedis("redis", password: secrets.RedisPassword());
        return new SuiteBacking(databases, redis, [.. databases.Values], SuiteModels.WithContainer(builder, cluster));
    }
}
