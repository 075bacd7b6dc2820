using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>Judges one event: it becomes a row, or there is a <see cref="Problem"/>.</summary>
internal sealed class EventReader(SentEvent sent, CallerIdentity caller, DateTimeOffset receivedAt, TimeSpan maxClockError)
{
    private const int MaxName = 128;
    private const int MaxPath = 1024;
    private const long MinMilliseconds = -62_135_596_800_000;
    private const long MaxMilliseconds = 253_402_300_799_999;

    /// <summary>The first thing that is wrong; null when the event is good.</summary>
    public string? Problem { get; private set; }

    /// <summary>The event's row; null when there is a <see cref="Problem"/>.</summary>
    public EventRow? Read()
    {
        var type = Required(sent.Type, "type", MaxName);
        var occurredAt = ReadTime();
        var course = Owner(sent.Course, caller.Course, "course");
        var learner = Learner();
        var id = ReadId(course, learner);
        if (sent.Detail.IsGiven() && sent.Detail.ValueKind != JsonValueKind.Object)
        {
            Refuse("detail must be an object.");
        }

        var execution = Execution.Of(type, sent.Detail, sent.NotebookContent);
        if (type == Execution.Reported && execution.Success is null)
        {
            Refuse("detail.success must be true or false.");
        }

        var clockOff = (occurredAt - receivedAt).Duration() > maxClockError;
        var row = new EventRow
        {
            Id = id,
            ReceivedAt = receivedAt,
            OccurredAt = occurredAt,
            LiveAt = clockOff || occurredAt > receivedAt ? receivedAt : occurredAt,
            ClockOff = clockOff,
            Course = course,
            Learner = learner,
            Type = type,
            Notebook = Optional(sent.Notebook, "notebook", MaxPath),
            Cell = Optional(sent.Cell, "cell", MaxName),
            Session = Optional(sent.Session, "session", MaxName),
            Source = sent.Source,
            Success = execution.Success,
            Failure = execution.Failure,
            Detail = Problem is null ? CleanDetail() : null,
        };
        return Problem is null ? row : null;
    }

    /// <summary>What is kept of an event that has a problem.</summary>
    public QuarantinedEvent Quarantine(string problem, int maxBody)
    {
        var named = caller.Roles.Contains(Roles.Service);
        var course = StorableText.Cut((named ? sent.Course.Text() : caller.Course) ?? "", MaxName);
        var learner = StorableText.Cut((named ? sent.Learner.Text() : sent.NamedLearner ?? caller.Learner) ?? "", MaxName);
        var body = StorableText.Cut(Encoding.UTF8.GetString(CleanJson.From(sent.Body)), maxBody);
        return new QuarantinedEvent(HashOf(course, learner), receivedAt, course, learner, sent.Source, problem, body);
    }

    private void Refuse(string problem) => Problem ??= problem;

    private string Learner()
    {
        if (caller.Source is not { } source)
        {
            return Owner(sent.Learner, caller.Learner, "learner");
        }

        if (sent.NamedLearner is null)
        {
            Refuse($"{source.Field} does not name the learner: this ingest key takes the learner from there.");
        }

        return sent.NamedLearner ?? "";
    }

    private string Owner(JsonElement named, string own, string what)
    {
        if (!caller.Roles.Contains(Roles.Service))
        {
            return own;
        }

        return named.IsGiven() ? Required(named, what, MaxName) : Refused($"{what} is missing: a service says whose event it is.");

        string Refused(string problem)
        {
            Refuse(problem);
            return "";
        }
    }

    private string Required(JsonElement value, string what, int maxLength)
    {
        var text = Optional(value, what, maxLength);
        if (string.IsNullOrWhiteSpace(text))
        {
            Refuse($"{what} is missing.");
        }

        return text ?? "";
    }

    private string? Optional(JsonElement value, string what, int maxLength)
    {
        if (!value.IsGiven())
        {
            return null;
        }

        var text = value.Text();
        if (text is null)
        {
            Refuse($"{what} must be a string.");
        }
        else if (text.Length > maxLength)
        {
            Refuse($"{what} is longer than {maxLength} characters.");
        }
        else if (text.Any(char.IsControl))
        {
            Refuse($"{what} holds a control character.");
        }

        return text;
    }

    private DateTimeOffset ReadTime()
    {
        // pioneer counts milliseconds, our own batches write RFC 3339.
        if (sent.Time.ValueKind == JsonValueKind.Number && sent.Time.TryGetDouble(out var milliseconds)
            && milliseconds is >= MinMilliseconds and <= MaxMilliseconds)
        {
            return DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        }

        if (sent.Time.Text() is { } text && sent.Time.TryGetDateTimeOffset(out var time) && HasZone(text))
        {
            return time.ToUniversalTime();
        }

        Refuse(sent.Time.IsGiven()
            ? "time must be RFC 3339 with a time zone, such as 2026-01-31T12:00:00Z, or milliseconds since 1970."
            : "time is missing.");
        return receivedAt;
    }

    private static bool HasZone(string time) => time.EndsWith('Z') || (time.Length > 19 && time.AsSpan(19).ContainsAny('+', '-'));

    private Guid ReadId(string course, string learner)
    {
        if (!sent.Id.IsGiven())
        {
            return HashOf(course, learner);
        }

        if (Guid.TryParseExact(sent.Id.Text(), "D", out var id) && id != Guid.Empty)
        {
            return id;
        }

        Refuse("id must be a UUID.");
        return Guid.Empty;
    }

    private byte[]? CleanDetail() =>
        sent.NotebookContent.IsGiven() ? CleanJson.From(sent.Detail, "notebookContent", sent.NotebookContent)
        : sent.Detail.IsGiven() ? CleanJson.From(sent.Detail)
        : null;

    /// <summary>A UUIDv8 (RFC 9562, 5.8) of whose event it is and its bytes: sent again, the same event has the same id.</summary>
    private Guid HashOf(string course, string learner)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{course.Length}:{course}{learner.Length}:{learner}")));
        hash.AppendData(JsonMarshal.GetRawUtf8Value(sent.Body));
        var bytes = hash.GetHashAndReset().AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
