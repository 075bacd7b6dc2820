namespace Lyceum.AppHost.Secrets;

/// <summary>The suite's secrets, each a parameter with a generated default, so that nobody has to invent one.</summary>
/// <param name="IdentityKey">Signs the identity tokens between services.</param>
/// <param name="LearnerKey">Makes the learners' pseudonyms; with another one, earlier events belong to nobody.</param>
/// <param name="OwnerToken">Signs the owner in.</param>
/// <param name="PostgresPassword">Of the database's administrator.</param>
/// <param name="RedisPassword">Of the cache.</param>
internal sealed record SuiteSecrets(
    IResourceBuilder<ParameterResource> IdentityKey,
    IResourceBuilder<ParameterResource> LearnerKey,
    IResourceBuilder<ParameterResource> OwnerToken,
    Func<IResourceBuilder<ParameterResource>> PostgresPassword,
    Func<IResourceBuilder<ParameterResource>> RedisPassword)
{
    /// <summary>Letters and digits only: a Redis client cannot be given a password with a comma.</summary>
    private const int Length = 43;

    public static SuiteSecrets Add(IDistributedApplicationBuilder builder, AppHostSettings settings)
    {
        var folder = settings.Data is null ? null : DataFolder.OpenPrivate(settings.Data, "secrets");
        return new SuiteSecrets(
            Made("identity-key"),
            Made("learner-key"),
            settings.OwnerToken is { } token ? builder.AddParameter("owner-token", token, secret: true) : Made("owner-token"),
            () => Made("postgres-password"),
            () => Made("redis-password"));

        IResourceBuilder<ParameterResource> Made(string name)
        {
            var made = new GenerateParameterDefault { MinLength = Length, Special = false };
            return builder.AddParameter(name, folder is null ? made : new KeptSecret(folder, name, made), secret: true);
        }
    }
}
