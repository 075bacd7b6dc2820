using System.Globalization;
using System.Text.Json;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Kernels;

/// <summary>What a kernel is doing and when it last did something for a user, as jupyter_server reckons it.</summary>
internal sealed class KernelActivity(TimeProvider time)
{
    public const string Starting = "starting";
    public const string Idle = "idle";
    public const string Busy = "busy";
    public const string Restarting = "restarting";
    public const string Dead = "dead";

    private long _lastActivity = time.GetUtcNow().UtcTicks;
    private volatile string _state = Starting;
    private volatile bool _isGuess;

    public string State => _state;

    public DateTimeOffset LastActivity => new(Volatile.Read(ref _lastActivity), TimeSpan.Zero);

    public string LastActivityText => LastActivity.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    public void Set(string value)
    {
        _state = value;
        _isGuess = false;
    }

    /// <summary>The kernel ran before we knew of it: busy, as far as anybody can tell, until it says something else or answers.</summary>
    public void GuessBusy()
    {
        _state = Busy;
        _isGuess = true;
    }

    /// <summary>The kernel has answered for the first time.</summary>
    public void Ready()
    {
        if (_state is Starting or Restarting || _isGuess)
        {
            Set(Idle);
            Touch();
        }
    }

    public void Touch() => Volatile.Write(ref _lastActivity, time.GetUtcNow().UtcTicks);

    /// <summary>Takes note of a message on iopub.</summary>
    public void Observe(HeaderFields header, HeaderFields parent, JupyterMessage message)
    {
        var isStatus = header.MsgType.SequenceEqual("status"u8);
        if (!isStatus || parent.IsActivity || _state == Busy)
        {
            Touch();
        }

        if (!isStatus || _state == Dead || ExecutionStateOf(message.Content.Span) is not { } told)
        {
            return;
        }

        if (parent.IsActivity)
        {
            Set(told);
        }
        else if (_state is Starting or Restarting && told != Starting)
        {
            _state = Idle;
        }
    }

    private static string? ExecutionStateOf(ReadOnlySpan<byte> content)
    {
        try
        {
            var reader = new Utf8JsonReader(content);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("execution_state"u8))
                {
                    reader.Read();
                    return reader.TokenType == JsonTokenType.String ? Known(ref reader) : null;
                }
            }
        }
        catch (JsonException)
        {
            // Not a status that anybody could read.
        }

        return null;
    }

    private static string? Known(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("busy"u8) ? Busy
        : reader.ValueTextEquals("idle"u8) ? Idle
        : reader.ValueTextEquals("starting"u8) ? Starting
        : null;
}
