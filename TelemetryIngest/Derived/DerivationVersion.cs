namespace Lyceum.TelemetryIngest.Derived;

/// <summary>
/// In which way this version of the service derives. The schema says which way holds: while an upgrade runs, a replica of the version
/// before must not strike out what is to be computed in the new way.
/// </summary>
internal static class DerivationVersion
{
    /// <summary>The lock that the one replica has which derives: true for who gets it, no row for who knows only an older way.</summary>
    public const string TakeLead = $"SELECT pg_try_advisory_lock(hashtext('derivation')) FROM derivation_version WHERE version = {Own}";

    /// <summary>Gives it to whoever comes next.</summary>
    public const string GiveUpLead = "SELECT pg_advisory_unlock(hashtext('derivation'))";

    /// <summary>A row for as long as the way holds.</summary>
    public const string Holds = $"SELECT true FROM derivation_version WHERE version = {Own}";

    /// <summary>The same; a change of the way waits until the transaction has ended.</summary>
    public const string Keep = $"{Holds} FOR SHARE";

    /// <summary>The number of the schema file that had everything computed anew the last time.</summary>
    private const string Own = "15";
}
