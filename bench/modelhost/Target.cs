namespace Lyceum.ModelHostBench;

/// <summary>One way to the same upstream.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Port">Where it listens on 127.0.0.1.</param>
/// <param name="Token">The identity that it wants; empty for none.</param>
/// <param name="Process">The process in between; null where there is none.</param>
internal sealed record Target(string Name, int Port, string Token, int? Process);
