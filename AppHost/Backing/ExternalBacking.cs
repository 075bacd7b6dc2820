using Microsoft.Extensions.Configuration;

namespace Lyceum.AppHost.Backing;

/// <summary>Databases, cache and model nodes that are there already, from the configuration.</summary>
internal static class ExternalBacking
{
    public static SuiteBacking Add(IDistributedApplicationBuilder builder)
    {
        // Where it is published to, the connection strings are given; here they have to be known.
        var missing = builder.ExecutionContext.IsPublishMode
            ? []
            : SuiteBacking.DatabaseNames.Where(name => builder.Configuration.GetConnectionString(name) is null).ToArray();
        if (missing.Length > 0)
        {
            throw new DistributedApplicationException(
                $"With databases of your own each needs its connection string, and these are missing: {string.Join(", ", missing)}. "
                + $"Set ConnectionStrings__{missing[0]}=\"Host=...;Username=...;Password=...;Database={missing[0]}\".");
        }

        var databases = SuiteBacking.DatabaseNames.ToDictionary(name => name, name => builder.AddConnectionString(name));
        return new SuiteBacking(databases, SuiteBacking.RedisFrom(builder), [], SuiteModels.FromConfiguration(builder.Configuration));
    }
}
