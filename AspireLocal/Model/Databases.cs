namespace Aspire.Hosting.ApplicationModel;

/// <summary>A PostgreSQL server in a container.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="userName">The administrator, <c>postgres</c> where there is none.</param>
/// <param name="password">The administrator's password.</param>
public class PostgresServerResource(string name, ParameterResource? userName, ParameterResource password)
    : ContainerResource(name), IResourceWithConnectionString
{
    /// <summary>The endpoint that clients use.</summary>
    public EndpointReference PrimaryEndpoint => new(this, "tcp");

    /// <summary>The administrator's name.</summary>
    public ReferenceExpression UserNameReference => userName is null
        ? ReferenceExpression.Create($"postgres")
        : ReferenceExpression.Create($"{userName}");

    /// <summary>The administrator's password.</summary>
    public ParameterResource PasswordParameter { get; } = password;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"Host={Host};Port={Port};Username={UserNameReference};Password={PasswordParameter}");

    private EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

    private EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

    /// <inheritdoc />
    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
    [
        new("Host", ReferenceExpression.Create($"{Host}")),
        new("Port", ReferenceExpression.Create($"{Port}")),
        new("Username", UserNameReference),
        new("Password", ReferenceExpression.Create($"{PasswordParameter}")),
        new("Uri", Uri(null)),
        new("JdbcConnectionString", Jdbc(null)),
    ];

    internal ReferenceExpression Uri(string? database)
    {
        var path = database is null ? "" : $"/{System.Uri.EscapeDataString(database)}";
        return userName is null
            ? ReferenceExpression.Create($"postgresql://postgres:{PasswordParameter:uri}@{Host}:{Port}{path}")
            : ReferenceExpression.Create($"postgresql://{userName:uri}:{PasswordParameter:uri}@{Host}:{Port}{path}");
    }

    internal ReferenceExpression Jdbc(string? database)
    {
        var path = database is null ? "" : $"/{System.Uri.EscapeDataString(database)}";
        return ReferenceExpression.Create($"jdbc:postgresql://{Host}:{Port}{path}");
    }
}

/// <summary>A database of a PostgreSQL server.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="databaseName">The name of the database.</param>
/// <param name="postgresParentResource">The server.</param>
public class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource postgresParentResource)
    : Resource(name), IResourceWithParent<PostgresServerResource>, IResourceWithConnectionString
{
    /// <inheritdoc />
    public PostgresServerResource Parent { get; } = postgresParentResource;

    /// <summary>The name of the database.</summary>
    public string DatabaseName { get; } = databaseName;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{Parent};Database={DatabaseName}");

    /// <inheritdoc />
    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
    [
        .. Parent.GetConnectionProperties().Where(part => part.Key is not ("Uri" or "JdbcConnectionString")),
        new("DatabaseName", ReferenceExpression.Create($"{DatabaseName}")),
        new("Uri", Parent.Uri(DatabaseName)),
        new("JdbcConnectionString", Parent.Jdbc(DatabaseName)),
    ];
}

/// <summary>A Redis server in a container.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="password">The password that clients give.</param>
public class RedisResource(string name, ParameterResource password) : ContainerResource(name), IResourceWithConnectionString
{
    /// <summary>The endpoint that clients use.</summary>
    public EndpointReference PrimaryEndpoint => new(this, "tcp");

    /// <summary>The password that clients give.</summary>
    public ParameterResource PasswordParameter { get; } = password;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)},password={PasswordParameter}");

    private EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

    private EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

    /// <inheritdoc />
    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
    [
        new("Host", ReferenceExpression.Create($"{Host}")),
        new("Port", ReferenceExpression.Create($"{Port}")),
        new("Password", ReferenceExpression.Create($"{PasswordParameter}")),
        new("Uri", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Scheme)}://:{PasswordParameter:uri}@{Host}:{Port}")),
    ];
}
