using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Lyceum.AppHost.Backing;

/// <summary>
/// Asks PostgreSQL for a session as far as the question for the password. It listens before it takes sessions, while it recovers
/// after a crash for instance, and then answers with an error instead.
/// </summary>
internal sealed class PostgresAnswers(EndpointReference endpoint) : IHealthCheck
{
    private const byte Authentication = (byte)'R';
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("localhost", endpoint.Port, patience.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(StartupMessage(), patience.Token);
            var answer = new byte[1];
            var read = await stream.ReadAsync(answer, patience.Token);
            return read == 1 && answer[0] == Authentication
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("PostgreSQL takes no sessions yet");
        }
        catch (Exception exception) when (exception is SocketException or IOException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("PostgreSQL does not listen");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("PostgreSQL does not answer");
        }
    }

    /// <summary>Protocol 3.0, user postgres, database postgres.</summary>
    private static byte[] StartupMessage()
    {
        var parameters = "user\0postgres\0database\0postgres\0\0"u8;
        var message = new byte[8 + parameters.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), 3 << 16);
        parameters.CopyTo(message.AsSpan(8));
        return message;
    }
}
