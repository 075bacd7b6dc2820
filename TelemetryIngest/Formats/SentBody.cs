using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.TelemetryIngest.Formats;

/// <summary>A request's body and what else says how to read it.</summary>
/// <param name="Bytes">The body, which the reader may change.</param>
/// <param name="IsLines">Whether it is NDJSON, in which a bad line spoils no other.</param>
/// <param name="Log">The log that it is a piece of; null when it stands for itself.</param>
/// <param name="Caller">Who sent it.</param>
/// <param name="Names">How it names learners; null when the caller is the learner.</param>
internal sealed record SentBody(Memory<byte> Bytes, bool IsLines, string? Log, CallerIdentity Caller, LearnerNames? Names)
{
    private const int MaxLogName = 256;

    /// <summary>The request's body.</summary>
    public static SentBody Of(HttpContext context, Memory<byte> bytes)
    {
        var caller = context.User.Caller();
        var type = context.Request.ContentType ?? "";
        string[] lines = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"];
        return new SentBody(
            bytes,
            lines.Any(known => type.StartsWith(known, StringComparison.OrdinalIgnoreCase)),
            context.Request.Query["log"] is [{ Length: > 0 and <= MaxLogName } log] ? log : null,
            caller,
            caller.Source is { } source ? new LearnerNames(source, context.Request.Query) : null);
    }
}

/// <summary>A body that cannot be taken.</summary>
internal sealed record BatchProblem(int Status, string Detail);
