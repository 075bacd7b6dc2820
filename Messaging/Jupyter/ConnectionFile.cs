using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.Messaging;

/// <summary>
/// The file by which a kernel learns where to listen and how to sign
/// (jupyter_client, "Making kernels for Jupyter", connection files).
/// What a file leaves out the serializer sets to null, which the setters turn into the default.
/// </summary>
public sealed record ConnectionFile
{
    // Far more than any has. A kernel can write what it likes into its own.
    private const int MaxBytes = 64 * 1024;

    /// <summary><c>tcp</c> or <c>ipc</c>.</summary>
    public string Transport { get; init => field = value ?? "tcp"; } = "tcp";

    /// <summary>An IP address; for ipc the path that the channels' suffixes are added to.</summary>
    public required string Ip { get; init; }

    /// <summary>The key of the signatures; empty for unsigned messages.</summary>
    public string Key { get; init => field = value ?? ""; } = "";

    /// <summary>Only <c>hmac-sha256</c> is in use.</summary>
    public string SignatureScheme { get; init => field = value ?? "hmac-sha256"; } = "hmac-sha256";

    /// <summary>Port or, for ipc, suffix of the shell channel.</summary>
    public required int ShellPort { get; init; }

    /// <summary>Port or suffix of the iopub channel.</summary>
    public required int IopubPort { get; init; }

    /// <summary>Port or suffix of the stdin channel.</summary>
    public required int StdinPort { get; init; }

    /// <summary>Port or suffix of the control channel.</summary>
    public required int ControlPort { get; init; }

    /// <summary>Port or suffix of the heartbeat.</summary>
    public required int HbPort { get; init; }

    /// <summary>The kernelspec's name, for whoever looks at the file.</summary>
    public string? KernelName { get; init; }

    /// <summary>Where a channel is: <c>tcp://ip:port</c> or <c>ipc://path-suffix</c>.</summary>
    public string EndpointOf(KernelChannel channel)
    {
        int port = channel switch
        {
            KernelChannel.Shell => ShellPort,
            KernelChannel.Iopub => IopubPort,
            KernelChannel.Stdin => StdinPort,
            KernelChannel.Control => ControlPort,
            KernelChannel.Heartbeat => HbPort,
            _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "A kernel has no such channel."),
        };
        char separator = Transport == "ipc" ? '-' : ':';
        return string.Create(CultureInfo.InvariantCulture, $"{Transport}://{Ip}{separator}{port}");
    }

    /// <summary>Reads a connection file.</summary>
    /// <exception cref="InvalidDataException">The file is not a connection file that this can serve.</exception>
    public static async Task<ConnectionFile> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
        {
            throw new InvalidDataException($"'{path}' is not a connection file: it has more than {MaxBytes} bytes.");
        }

        byte[] json = await File.ReadAllBytesAsync(path, cancellationToken);
        ConnectionFile? file;
        try
        {
            file = JsonSerializer.Deserialize(json, ConnectionFileContext.Default.ConnectionFile);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is not a connection file: {exception.Message}", exception);
        }

        return file switch
        {
            null => throw new InvalidDataException($"'{path}' is not a connection file: it is null."),
            { Transport: not ("tcp" or "ipc") } => throw new InvalidDataException($"'{path}' names the transport '{file.Transport}'; tcp and ipc are known."),
            { SignatureScheme: not ("hmac-sha256" or "") } => throw new InvalidDataException($"'{path}' names the signature scheme '{file.SignatureScheme}'; hmac-sha256 is known."),
            _ => file,
        };
    }

    /// <summary>Writes the file anew, readable by its owner alone, for it holds the key.</summary>
    public async Task WriteAsync(string path, CancellationToken cancellationToken = default)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            // Applies to files that this creates, so one that is there already must go first.
            File.Delete(path);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(path, options);
        await JsonSerializer.SerializeAsync(file, this, ConnectionFileContext.Default.ConnectionFile, cancellationToken);
    }
}

[JsonSerializable(typeof(ConnectionFile))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
internal sealed partial class ConnectionFileContext : JsonSerializerContext;
