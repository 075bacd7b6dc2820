using System.ComponentModel.DataAnnotations;

namespace Lyceum.ChatService.Plugins;

/// <summary>The section <c>Plugins</c> of the configuration. Which hosts an API may be at, <c>Actions:Hosts</c> says.</summary>
internal sealed class PluginsOptions : IValidatableObject
{
    /// <summary>The only database servers that are asked; none unless set.</summary>
    public IList<AllowedDatabase> Databases { get; } = [];

    /// <summary>How many manifests a course may have; 50 unless set.</summary>
    [Range(0, 1000, ErrorMessage = "Plugins:MaxManifests must be between 0 and 1000.")]
    public int MaxManifests { get; set; } = 50;

    /// <summary>The largest manifest, in bytes; 64 KB unless set.</summary>
    [Range(1024, 1024 * 1024, ErrorMessage = "Plugins:MaxManifestBytes must be between 1024 and 1048576.")]
    public int MaxManifestBytes { get; set; } = 64 * 1024;

    /// <summary>How many rows a query gives at most, whatever its manifest says; 100 unless set.</summary>
    [Range(1, 10_000, ErrorMessage = "Plugins:MaxRows must be between 1 and 10000.")]
    public int MaxRows { get; set; } = 100;

    /// <summary>How much of one row is taken, in characters of JSON; 4000 unless set.</summary>
    [Range(100, 1_000_000, ErrorMessage = "Plugins:MaxRowCharacters must be between 100 and 1000000.")]
    public int MaxRowCharacters { get; set; } = 4_000;

    /// <summary>How long a query may take, whatever its connection says; 10 s unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:10:00", ErrorMessage = "Plugins:QueryTimeout must be between 00:00:00.1 and 00:10:00.")]
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Databases.Count; i++)
        {
            if (Uri.CheckHostName(Databases[i].Host) == UriHostNameType.Unknown || Databases[i].Port is < 1 or > 65535)
            {
                yield return new ValidationResult($"Plugins:Databases:{i} is '{Databases[i].Host}:{Databases[i].Port}': write Host, such as db.example.org, and Port.");
            }
        }
    }
}

/// <summary>A PostgreSQL server that an operator allows to be asked.</summary>
internal sealed class AllowedDatabase
{
    /// <summary>Its name or address.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port; 5432 unless set.</summary>
    public int Port { get; set; } = 5432;

    /// <summary>Whether it may be at an address of a private network or of this machine; false unless set.</summary>
    public bool AllowPrivate { get; set; }
}
