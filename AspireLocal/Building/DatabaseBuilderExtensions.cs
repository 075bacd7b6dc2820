using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds PostgreSQL and Redis.</summary>
public static class DatabaseBuilderExtensions
{
    /// <summary>Adds a PostgreSQL server.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="userName">The administrator; <c>postgres</c> where there is none.</param>
    /// <param name="password">The administrator's password; generated where there is none.</param>
    /// <param name="port">The port on this machine.</param>
    /// <returns>Says more about the server.</returns>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null,
        int? port = null)
    {
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.Generated(builder, $"{name}-password");
        var server = new PostgresServerResource(name, userName?.Resource, secret);
        return builder.AddResource(server)
            .WithAnnotation(new ImageAnnotation("docker.io", "library/postgres", "18.3"))
            .WithEndpoint(port: port, targetPort: 5432, name: "tcp")
            .WithEnvironment(context =>
            {
                context.EnvironmentVariables["POSTGRES_HOST_AUTH_METHOD"] = "scram-sha-256";
                context.EnvironmentVariables["POSTGRES_INITDB_ARGS"] = "--auth-host=scram-sha-256 --auth-local=scram-sha-256";
                context.EnvironmentVariables["POSTGRES_USER"] = server.UserNameReference;
                context.EnvironmentVariables["POSTGRES_PASSWORD"] = server.PasswordParameter;
            });
    }

    /// <summary>Adds a database of the server.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="databaseName">The name of the database; the resource's where there is none.</param>
    /// <returns>Says more about the database.</returns>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null) =>
        builder.ApplicationBuilder.AddResource(new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource));

    /// <summary>Keeps the server's data in a volume.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="name">The name of the volume.</param>
    /// <param name="isReadOnly">Whether the server may only read it.</param>
    /// <returns>This.</returns>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(
        this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? $"{builder.Resource.Name}-data", "/var/lib/postgresql", isReadOnly);

    /// <summary>Adds a Redis server.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="port">The port on this machine.</param>
    /// <param name="password">The password; generated where there is none.</param>
    /// <returns>Says more about the server.</returns>
    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder,
        string name,
        int? port = null,
        IResourceBuilder<ParameterResource>? password = null)
    {
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.Generated(builder, $"{name}-password", special: false);
        var redis = new RedisResource(name, secret) { Entrypoint = "/bin/sh" };
        return builder.AddResource(redis)
            .WithAnnotation(new ImageAnnotation("docker.io", "library/redis", "8.6"))
            .WithEndpoint(port: port, targetPort: 6379, scheme: "redis", name: "tcp")
            .WithArgs("-c", "redis-server --requirepass $REDIS_PASSWORD")
            .WithEnvironment(context => context.EnvironmentVariables["REDIS_PASSWORD"] = redis.PasswordParameter);
    }
}
