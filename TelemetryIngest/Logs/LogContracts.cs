namespace Lyceum.TelemetryIngest.Logs;

/// <summary>A log of a sender's.</summary>
/// <param name="Course">The sender's course.</param>
/// <param name="Sender">The sender's subject.</param>
/// <param name="Name">What the sender calls it.</param>
internal sealed record LogName(string Course, string Sender, string Name);

/// <summary>How far a log is read after a piece of it.</summary>
/// <param name="Log">The log.</param>
/// <param name="Version">The version that was read; 0 when there was none.</param>
/// <param name="Piece">SHA-256 of the piece.</param>
/// <param name="Before">The rest that it was read after.</param>
/// <param name="Rest">The rest that it leaves.</param>
internal sealed record LogState(LogName Log, long Version, byte[] Piece, byte[] Before, byte[] Rest);
